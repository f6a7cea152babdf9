"""The charts of the report. Each function returns a new figure; nothing is shared."""

from __future__ import annotations

from collections import Counter

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from training.explore.measures import width_to_height
from training.explore.reading import TONES, ReadFilms

# Okabe and Ito's colours can be told apart by readers who see no red or no green.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKERS = ("o", "^", "s", "D", "v", "P")
_RATIO_BINS = 50
_LAST_IN_FONT = 0x24F


def plain(text: str, *, longest: int = 40) -> str:
    """A name as matplotlib can write it: no formulas, no signs that its font lacks, the middle of long ones cut."""
    known = "".join(sign if ord(sign) <= _LAST_IN_FONT else "?" for sign in text).replace("$", r"\$")
    return known if len(known) <= longest else f"{known[: longest // 2]}…{known[-(longest // 2) + 1 :]}"


def count_chart(counts: Counter[tuple[str, str]], splits: tuple[str, ...], classes: tuple[str, ...]) -> Figure:
    """Bars of the films per class, side by side for each split."""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    axes = _bare(figure.add_subplot())
    width = 0.8 / len(classes)
    for index, label in enumerate(classes):
        places = np.arange(len(splits)) + (index - (len(classes) - 1) / 2) * width
        values = [counts[split, label] for split in splits]
        bars = axes.bar(places, values, width * 0.92, color=_colour(index), label=plain(label))
        axes.bar_label(bars, labels=[f"{value:,}" for value in values], fontsize=8, padding=1)
    axes.set_xticks(range(len(splits)), [plain(split) for split in splits])
    axes.set_ylabel("films")
    axes.margins(y=0.12)
    _legend(figure, axes)
    return figure


def size_chart(sizes: NDArray[np.int64], labels: NDArray[np.int64], classes: tuple[str, ...]) -> Figure:
    """Width against height of each film, and the shares of width to height by class.

    Args:
        sizes: (n, 2) widths and heights in pixels.
        labels: (n,) index into `classes`.
        classes: Their names.
    """
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    scatter, shapes = (_bare(axes) for axes in figure.subplots(1, 2, width_ratios=(1, 1)))
    chance = np.random.default_rng(0)
    biggest = np.bincount(labels).argsort()[::-1]
    for index in biggest:
        own = sizes[labels == index] + chance.uniform(-0.5, 0.5, (int((labels == index).sum()), 2))
        scatter.scatter(
            own[:, 0],
            own[:, 1],
            s=7,
            alpha=0.35,
            linewidths=0,
            color=_colour(index),
            marker=_MARKERS[index % len(_MARKERS)],
        )
    scatter.set(xlabel="width (pixels)", ylabel="height (pixels)", xlim=(0, None), ylim=(0, None))
    limit = float(min(scatter.get_xlim()[1], scatter.get_ylim()[1]))
    scatter.plot([0, limit], [0, limit], color="#999999", linewidth=0.8, linestyle=":")
    scatter.annotate("square", (limit, limit), color="#777777", fontsize=8, ha="right", va="bottom", rotation=0)
    ratio = width_to_height(sizes)
    low, high = np.percentile(ratio, [0.2, 99.8])
    edges = np.linspace(low - 0.05, high + 0.05, _RATIO_BINS)
    for index, label in enumerate(classes):
        own = np.clip(ratio[labels == index], edges[0], edges[-1])
        share = np.histogram(own, edges)[0] / max(len(own), 1)
        shapes.stairs(share, edges, color=_colour(index), fill=True, alpha=0.15)
        shapes.stairs(share, edges, color=_colour(index), linewidth=1.6, label=plain(label))
    shapes.set(xlabel="width to height", ylabel="share of the films of the class", ylim=(0, None))
    _legend(figure, shapes)
    return figure


def tone_chart(read: ReadFilms) -> Figure:
    """Histograms of the pixel values by class, as read and as the model sees them."""
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    before, after = (_bare(axes) for axes in figure.subplots(1, 2, sharey=True))
    middles = (np.arange(TONES) + 0.5) / TONES
    top = 0.0
    for index, (label, picture) in enumerate(zip(read.classes, read.by_class, strict=True)):
        for axes, tones in ((before, picture.tones), (after, picture.prepared_tones)):
            axes.plot(middles, tones * 100.0, color=_colour(index), linewidth=1.6, label=plain(label))
            top = max(top, float(np.sort(tones)[-3]) * 100.0)
    before.set(title="as read", ylabel="pixels (%)", ylim=(0, top * 1.25 + 0.1))
    after.set_title("after the preprocessing")
    for axes in (before, after):
        axes.set_xlabel("pixel value (0 black, 1 white)")
    _legend(figure, before)
    return figure


def mean_chart(read: ReadFilms) -> Figure:
    """The mean film of each class and how it differs from the mean of all classes."""
    means = np.stack([picture.mean for picture in read.by_class])
    centre = means.mean(axis=0)
    rows = 2 if len(means) > 1 else 1
    figure = Figure(figsize=(2.7 * len(means) + 1.2, 2.8 * rows), layout="constrained")
    grid = figure.subplots(rows, len(means), squeeze=False)
    reach = max(float(np.abs(means - centre).max()), 1e-3)
    difference = None
    for column, (label, mean) in enumerate(zip(read.classes, means, strict=True)):
        _without_frame(grid[0, column]).imshow(mean, cmap="gray", vmin=0, vmax=1)
        grid[0, column].set_title(plain(label, longest=24), fontsize=10)
        if rows > 1:
            shown = _without_frame(grid[1, column])
            difference = shown.imshow(mean - centre, cmap=colormaps["RdBu_r"], vmin=-reach, vmax=reach)
            shown.set_title("less the mean of the classes", fontsize=8)
    if difference is not None:
        figure.colorbar(difference, ax=grid[1, :].tolist(), shrink=0.85, label="red: brighter than the others")
    return figure


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _bare(axes: Axes) -> Axes:
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _without_frame(axes: Axes) -> Axes:
    axes.set_axis_off()
    return axes


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=min(len(labels), 6), frameon=False, fontsize=9)
