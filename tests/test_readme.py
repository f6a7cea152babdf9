"""The README says what the card says, and its commands are where the checks look for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from desktop.system_check import PACKAGES
from engine.model.card import Estimate
from engine.model.pack import load_pack

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GATE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")


def words(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def test_the_figures_are_those_of_the_card() -> None:
    card = load_pack().card
    assert f"`{card.model_id}` {card.model_version}" in README
    for figure in card.figures:
        assert words(figure.auroc) in README, figure.question
    for check in card.calibration_checks:
        assert words(check.slope) in README
        assert words(check.intercept) in README
    for point in (*card.operating_points, *card.age_bands[-1].operating_points):
        row = f"| `{point.name}` | {words(point.sensitivity)} | {words(point.specificity)} |"
        assert f"{row} {100 * point.uncertain_share:.1f} % |" in README


def report(name: str) -> dict[str, Any]:
    text = (ROOT / "docs/reports" / name / "evaluate.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


def test_the_reports_are_of_the_bundled_model_and_gate() -> None:
    for name in ("children", "adults"):
        assert report(name)["made_by"]["model_sha256"] == load_pack().sha256
    left_out = report("children")["left_out"]
    (row,) = (line for line in table_of(GATE) if line.startswith("| children, held-out fold |"))
    assert row.split("|")[3].split()[0] == str(len(left_out))
    card = load_pack().card
    assert card.figures[0].positives + card.figures[0].negatives + len(left_out) == int(row.split("|")[2])
    assert f"but for {len(left_out)} that the program's gate turned away" in README


def test_the_figures_of_the_heat_are_those_of_the_report() -> None:
    pooled = [found for found in report("adults")["heat_peaks"] if found["films"] == "all views pooled"]
    for chosen in ("all, whatever the call", "at or over the threshold of balanced"):
        (found,) = (found for found in pooled if found["chosen"] == chosen)
        share = found["share"]
        assert f"{found['hits']}, {share['value']:.3f} ({share['low']:.3f} to {share['high']:.3f})" in README
        assert f"{found['baseline']:.3f}" in README


def table_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_table_of_networks_is_the_one_that_was_measured() -> None:
    _, _, rest = README.partition("<!-- compare: begin -->")
    table, end, _ = rest.partition("<!-- compare: end -->")
    measured = table_of((ROOT / "docs" / "compare" / "compare.md").read_text(encoding="utf-8"))
    assert end
    assert len(measured) > 2
    assert table_of(table) == measured
    assert (ROOT / "docs" / "images" / "compare.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["main", "test", "packages"])
def test_the_commands_are_marked(name: str) -> None:
    assert README.count(f"<!-- command: {name} -->\n```sh\n") == 1


def test_the_system_packages_are_those_the_program_names() -> None:
    assert f"sudo apt install {' '.join(PACKAGES)}\n" in README
