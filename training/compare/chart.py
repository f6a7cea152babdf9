"""The comparison as one chart. Colours of Okabe and Ito 2008, which colour-blind readers can tell apart."""

from __future__ import annotations

import math
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from training.compare.table import NOT_MEASURED, Comparison, label, measured_on, megabytes, milliseconds

_RUN, _SHIPPED, _QUIET = "#0072B2", "#D55E00", "#6b6b6b"
_WIDTH, _ROW, _REST = 9.0, 0.55, 1.2  # inches
_DPI = 200


def draw_comparison(comparison: Comparison, path: Path) -> None:
    """Draw AUROC with its interval, and time and size beside it, a line for each row, as a PNG file 1800 px wide."""
    count = len(comparison.rows) + len(comparison.not_measured)
    figure = Figure(figsize=(_WIDTH, _ROW * count + _REST), layout="constrained")
    quality, cost = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    _draw_auroc(quality, comparison)
    _draw_cost(cost, comparison)
    names = [f"{_broken(label(row))}\n{measured_on(row)}" for row in comparison.rows]
    quality.set_yticks(range(count), [*names, *comparison.not_measured], fontsize=9)
    quality.set_ylim(count - 0.4, -0.6)
    for axes in (quality, cost):
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.8)
        axes.set_axisbelow(True)
    figure.savefig(path, dpi=_DPI, format="png", metadata={"Software": None})


def _draw_auroc(axes: Axes, comparison: Comparison) -> None:
    for place, row in enumerate(comparison.rows):
        found = row.auroc
        axes.errorbar(
            found.value,
            place,
            xerr=[[max(0.0, found.value - found.low)], [max(0.0, found.high - found.value)]],
            fmt="D" if row.shipped else "o",
            color=_SHIPPED if row.shipped else _RUN,
            markersize=7,
            linewidth=2.0,
            capsize=4,
        )
        axes.annotate(
            f"{found.value:.3f}", (found.value, place), (0, 8), textcoords="offset points", ha="center", fontsize=9
        )
    for place, _ in enumerate(comparison.not_measured, start=len(comparison.rows)):
        axes.text(
            0.5, place, NOT_MEASURED, transform=axes.get_yaxis_transform(), ha="center", va="center", color=_QUIET
        )
    lowest = min(row.auroc.low for row in comparison.rows)
    reach = max(1.0 - lowest, 0.005)
    axes.set_xlim(lowest - 0.12 * reach, 1.0 + 0.12 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 5, 10]))
    axes.set_xlabel("AUROC, pneumonia against normal (95 % interval)")


def _draw_cost(axes: Axes, comparison: Comparison) -> None:
    times = [row.cost.milliseconds for row in comparison.rows]
    colours = [_SHIPPED if row.shipped else _RUN for row in comparison.rows]
    places = range(len(times))
    first, last = math.floor(math.log10(0.8 * min(times))), math.ceil(math.log10(1.25 * max(times)))
    axes.hlines(places, 10.0**first, times, colors=colours, linewidth=2.0, alpha=0.35)
    axes.scatter(times, places, c=colours, s=40, marker="s")
    for place, row in enumerate(comparison.rows):
        words = f"{milliseconds(row)}, {megabytes(row)}"
        axes.annotate(words, (times[place], place), (8, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_xscale("log")
    axes.set_xlim(10.0**first, 10.0 ** (2 * last - first))  # the right half is for the words
    decades = [10.0**power for power in range(first, last + 1)]
    axes.set_xticks(decades, [f"{decade:g}" for decade in decades])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("time per film (ms), size of weights")


def _broken(name: str) -> str:
    """A long name over two lines, before what stands in brackets."""
    return name.replace(" (", "\n(", 1) if len(name) > 30 else name
