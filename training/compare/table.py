"""The comparison in words and figures, for a page and, with fewer columns, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from training.compare.measuring import THREADS
from training.compare.rows import ClassFigures, Row

NOTHING = "–"
NOT_MEASURED = "not measured"
HEADINGS = (
    "recipe",
    "AUROC (95 % interval)",
    "accuracy",
    "pneumonia: precision, recall, F1",
    "normal: precision, recall, F1",
    "loss",
    "parameters",
    "weights",
    "time per film",
    "input",
    "epochs",
    "measured on",
)
_NOTES = (
    "Every film counted here belongs to a patient that the run neither learned from nor was chosen on; model files (◆) "
    "are measured on the folds named for them, at the threshold of their card.",
    "Accuracy, precision, recall and F1 of a run are taken at a threshold chosen on the run's own choosing fold, never "
    "on the films reported on: the one that maximises the worse of sensitivity and specificity (`balanced`).",
    "They hold at the share of pneumonia among these films.",
    "Where a row spans several folds, calls and losses are pooled over films, and AUROC is the mean over runs with an "
    "interval from resampling patients within each fold; it does not say how far another training would differ.",
    "Loss is the cross entropy over normal, bacterial and viral.",
    f"Time is one film at a time on the CPU, {THREADS} thread, without reading and preprocessing: runs in torch, "
    "model files in onnxruntime.",
    "Parameters of a model file are the constants of its network.",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the table and the chart show.

    Attributes:
        rows: The highest AUROC first.
        not_measured: Recipes that are known but have no run here.
    """

    rows: tuple[Row, ...]
    not_measured: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], not_measured: Sequence[str]) -> Comparison:
        """Rows by AUROC, then by name; what was not measured by name."""
        ordered = sorted(rows, key=lambda row: (-row.auroc.value, row.label, row.input_size, row.epochs))
        return cls(tuple(ordered), tuple(sorted(set(not_measured))))


def label(row: Row) -> str:
    """What the row is called; a model file is marked."""
    return f"{row.label} ◆" if row.shipped else row.label


def milliseconds(row: Row) -> str:
    """Time per film; to a tenth where that says something."""
    time = row.cost.milliseconds
    return f"{time:.1f} ms" if time < 100 else f"{time:.0f} ms"


def megabytes(row: Row) -> str:
    """Size of the file with the weights."""
    return f"{row.cost.size_bytes / 1e6:.1f} MB"


def measured_on(row: Row) -> str:
    """Folds and films, and whether some folds were measured by several runs."""
    folds = "one fold" if len(row.folds) == 1 else f"{len(row.folds)} folds"
    runs = f", {row.measurements} runs" if row.measurements > len(row.folds) else ""
    return f"{folds} ({', '.join(map(str, row.folds))}){runs}: {row.films:,} films"


def markdown(comparison: Comparison) -> str:
    """A table that GitHub renders, and under it what its figures mean."""
    lines = [_line(HEADINGS), _line("---" for _ in HEADINGS)]
    lines += [_line(cells) for cells in _cells(comparison)]
    return "\n".join([*lines, "", *_NOTES, ""])


def terminal(comparison: Comparison) -> Table:
    """What fits on a terminal of 80 columns."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("recipe", overflow="fold")
    table.add_column("AUROC (95 % interval)", no_wrap=True)
    for heading in ("F1, pneumonia", "F1, normal", "time per film", "films"):
        table.add_column(heading, justify="right")
    for row in comparison.rows:
        figures = _share(row.pneumonia.f1), _share(row.normal.f1), milliseconds(row), f"{row.films:,}"
        table.add_row(Text(label(row)), _interval(row), *figures)
    for name in comparison.not_measured:
        table.add_row(Text(name), NOT_MEASURED)
    return table


def _cells(comparison: Comparison) -> list[tuple[str, ...]]:
    gap = (NOTHING,) * (len(HEADINGS) - 2)
    return [_row_cells(row) for row in comparison.rows] + [
        (name, NOT_MEASURED, *gap) for name in comparison.not_measured
    ]


def _row_cells(row: Row) -> tuple[str, ...]:
    return (
        label(row),
        _interval(row),
        _share(row.accuracy),
        _figures(row.pneumonia),
        _figures(row.normal),
        f"{row.loss:.3f}",
        _parameters(row),
        megabytes(row),
        milliseconds(row),
        f"{row.input_size} px",
        ", ".join(map(str, sorted(set(row.epochs)))) or NOTHING,
        measured_on(row),
    )


def _interval(row: Row) -> str:
    return f"{row.auroc.value:.3f} ({row.auroc.low:.3f} to {row.auroc.high:.3f})"


def _parameters(row: Row) -> str:
    cost = row.cost
    if cost.learning is None or cost.learning == cost.parameters:
        return _count(cost.parameters)
    return f"{_count(cost.parameters)}, {_count(cost.learning)} learning"


def _count(number: int) -> str:
    return f"{number / 1e6:.2f} M"


def _figures(figures: ClassFigures) -> str:
    return ", ".join(map(_share, (figures.precision, figures.recall, figures.f1)))


def _share(share: float) -> str:
    return NOTHING if math.isnan(share) else f"{share:.3f}"


def _line(cells: Iterable[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"
