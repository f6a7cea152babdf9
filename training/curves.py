"""The course of a run as one picture."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure


def draw_epochs(history: list[dict[str, float]], path: Path) -> None:
    """Draw the loss, and the AUROC on the fold kept for choosing, over the epochs done, as a PNG file."""
    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    for axes, column, label in zip(panels, ("loss", "auroc_choose"), ("loss", "AUROC, choosing fold"), strict=True):
        axes.plot(epochs, [row[column] for row in history], marker="o", color="#0072B2")
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)
    figure.savefig(path, dpi=100)
