"""The figures of a reading as a CSV table: each side beside the labels, then each pair of sides. It names no film."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path

from engine.errors import OutputError
from engine.model.card import Estimate
from engine.reports.cells import text_cell
from engine.results.agreement import Agreement, Performance
from engine.results.reading_score import ReadingScore

COLUMNS = (
    "first", "second", "verdicts", "operating_point", "counting", "both_pneumonia", "first_only", "second_only",
    "neither", "left_out", "uncertain", "sensitivity", "sensitivity_low", "sensitivity_high", "specificity",
    "specificity_low", "specificity_high", "agreement", "agreement_low", "agreement_high", "kappa", "kappa_low",
    "kappa_high",
)  # fmt: skip
_MODEL, _LABELS = "model", "labels"


def write_reading(path: Path, score: ReadingScore) -> None:
    """Write the table anew, and put it in place in one step. Raises OutputError."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(_rows(score))
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise OutputError(
            f"The table {path.name} cannot be written. Close it elsewhere, free some space, or choose another folder."
        ) from error


def _rows(score: ReadingScore) -> Iterator[dict[str, object]]:
    comparison = score.comparison
    for reader, performance in comparison.reader_performance.items():
        yield _performance_row(score, reader.initials, performance)
    for performance in comparison.model_performance.values():
        yield _performance_row(score, _MODEL, performance)
    for (first, second), agreement in comparison.readers.items():
        yield _agreement_row(score, first.initials, second.initials, agreement)
    for reader, agreement in comparison.with_model.items():
        yield _agreement_row(score, reader.initials, _MODEL, agreement)


def _performance_row(score: ReadingScore, who: str, found: Performance) -> dict[str, object]:
    return {
        **_heading(score, who, _LABELS),
        "counting": found.counting.value,
        "both_pneumonia": found.found,
        "first_only": found.false_alarms,
        "second_only": found.missed,
        "neither": found.cleared,
        "left_out": found.left_out,
        "uncertain": found.uncertain,
        **_cells("sensitivity", found.sensitivity),
        **_cells("specificity", found.specificity),
    }


def _agreement_row(score: ReadingScore, first: str, second: str, found: Agreement) -> dict[str, object]:
    return {
        **_heading(score, first, second),
        "counting": ";".join(counting.value for counting in found.counting),
        "both_pneumonia": found.both,
        "first_only": found.first_only,
        "second_only": found.second_only,
        "neither": found.neither,
        "left_out": found.left_out,
        "uncertain": found.uncertain,
        **_cells("agreement", found.share),
        **_cells("kappa", found.kappa),
    }


def _heading(score: ReadingScore, first: str, second: str) -> dict[str, object]:
    return {
        "first": text_cell(first),
        "second": text_cell(second),
        "verdicts": "last" if score.mode is None else score.mode.value,
        "operating_point": text_cell(score.point) if _MODEL in (first, second) else "",
    }


def _cells(name: str, estimate: Estimate | None) -> dict[str, object]:
    if estimate is None:
        return {}
    figures = (estimate.value, estimate.low, estimate.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), (f"{figure:.4f}" for figure in figures), strict=True))
