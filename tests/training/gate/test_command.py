"""A gate of toy size, from folders of made-up films to a file that the program takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.film_gate import KINDS, load_gate
from tests.training.evaluate.made_up import draw_film, write_manifest
from training.cli import run

SIZE = 32
# torch's exporter uses parts of torch that torch itself calls old.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning", "ignore::DeprecationWarning:torch.*")


@pytest.fixture(scope="module")
def toy_gate(
    tmp_path_factory: pytest.TempPathFactory, labelled_films: Path, adult_films: Path, lung_masks: Path
) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    sources = ["--data", str(labelled_films), "--adults", str(adult_films), "--lung-masks", str(lung_masks)]
    short = ["--size", str(SIZE), "--batch-size", "16", "--epochs", "1", "--drawings", "24", "--limit", "20"]
    out = ["--out", str(folder / "run"), "--model", str(folder / "gate.onnx")]
    assert run(["gate", *sources, *short, *out]) == 0
    return folder / "gate.onnx"


def test_a_gate_learns_and_is_written_with_its_card(toy_gate: Path) -> None:
    gate = load_gate(toy_gate, threads=1)
    card = gate.card
    assert card.input.size == SIZE
    assert card.training.recipe == "gate"
    assert {figure.films for figure in card.figures} >= {"children, as they are", "adults, upside down"}
    assert np.isfinite([card.limits.side_view, card.limits.cut_off, card.limits.other, card.limits.odd]).all()
    sight = gate.look(np.random.default_rng(1).random((90, 70)).astype(np.float32))
    assert sight.logits.shape == (len(KINDS),)
    assert sight.oddness > 0.0


def test_the_epochs_measure_each_kind(toy_gate: Path) -> None:
    head, row = (toy_gate.parent / "run" / "epochs.csv").read_text(encoding="utf-8").splitlines()
    assert {f"right_{kind}" for kind in KINDS} <= set(head.split(","))
    assert 0.0 <= float(row.split(",")[head.split(",").index("auroc_choose")]) <= 1.0


def test_the_report_counts_what_is_turned_away(
    toy_gate: Path, labelled_films: Path, adult_films: Path, tmp_path: Path
) -> None:
    others = tmp_path / "others"
    draw_film(others / "film" / "a.png", 1)
    (others / "film" / "b.png").write_bytes(b"no picture")
    rows = [{"file": f"film/{name}.png", "kind": "films", "licence": "own", "use": "train"} for name in "ab"]
    write_manifest(others, rows)
    page, sheet = tmp_path / "gate.md", tmp_path / "sheet.png"
    arguments = ["--data", str(labelled_films), "--adults", str(adult_films), "--others", str(others)]
    assert run(["gate-report", *arguments, "--model", str(toy_gate), "--out", str(page), "--sheet", str(sheet)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "| children, held-out fold | 18 |" in text
    assert "| films | 2 |" in text
    assert "mapafu-train " in text
    assert sheet.stat().st_size > 1000


def test_another_file_is_no_gate(tmp_path: Path) -> None:
    (tmp_path / "gate.onnx").write_bytes(b"")
    with pytest.raises(ModelError):
        load_gate(tmp_path / "gate.onnx")
