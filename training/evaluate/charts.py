"""The curves of the report. Colours of Okabe and Ito 2008, which colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from engine.model.card import PointsByAge
from training.evaluate.measures import FEWEST, Confusion, calls_at
from training.evaluate.probabilities import DecisionCurve, Reliability
from training.evaluate.questions import Question

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_POOLED_COLOUR = "#6b6b6b"
_GUIDE: dict[str, Any] = {"color": "#bdbdbd", "linewidth": 1.0, "zorder": 0}
_MARKERS = ("o", "s", "^", "D", "v")
_PANEL = 3.9  # inches


def draw_curves(questions: Sequence[Question], points: Sequence[PointsByAge]) -> Figure | None:
    """ROC and precision-recall curves of one contrast, a line for each view; None where films are too few.

    Operating points are marked where no more than one line is drawn.
    """
    drawn = [question for question in questions if min(question.positives, question.negatives) >= FEWEST]
    if not drawn:
        return None
    figure, (roc, recall) = _panels(2, height=4.2)
    roc.plot([0, 1], [0, 1], **_GUIDE)
    for number, question in enumerate(drawn):
        style = _style(number, question)
        outcomes = question.outcomes
        false_positive, true_positive, _ = roc_curve(outcomes.truth, outcomes.scores, drop_intermediate=False)
        roc.plot(false_positive, true_positive, **style)
        precision, found, _ = precision_recall_curve(outcomes.truth, outcomes.scores)
        # The last point, recall 0 at precision 1, is a convention and no threshold.
        recall.plot(found[:-1], precision[:-1], drawstyle="steps-post", **style)
        recall.axhline(outcomes.truth.mean(), color=style["color"], linewidth=0.8, linestyle=":", zorder=0)
    if len(drawn) == 1:
        _mark_points(roc, recall, drawn[0], points)
    roc.set(xlabel="1 − specificity", ylabel="sensitivity")
    roc.set_title("Receiver operating characteristic", fontsize=10)
    recall.set(xlabel="sensitivity (recall)", ylabel="precision")
    recall.set_title("Precision and recall", fontsize=10)
    for axes in (roc, recall):
        _frame(axes)
        axes.legend(loc="lower right" if axes is roc else "lower left", fontsize=8, frameon=False)
    return figure


def draw_reliability(parts: Sequence[Reliability]) -> Figure | None:
    """Probability given against share that came true, a panel for each part of the films that has enough."""
    drawn = [part for part in parts if part.bins]
    if not drawn:
        return None
    figure, panels = _panels(len(drawn), height=4.0)
    for axes, part in zip(panels, drawn, strict=True):
        axes.plot([0, 1], [0, 1], **_GUIDE)
        axes.plot(
            [place.predicted for place in part.bins],
            [place.observed for place in part.bins],
            marker="o",
            markersize=5,
            linewidth=1.2,
            color=_COLOURS[0],
        )
        assert part.error is not None
        films = sum(place.films for place in part.bins)
        title = f"{part.films} (n = {films})\ncalibration error {part.error.value:.3f}"
        axes.set(xlabel="probability given", ylabel="share with the finding")
        axes.set_title(title, fontsize=10)
        _frame(axes)
    return figure


def draw_decision_curves(curves: Sequence[DecisionCurve]) -> Figure | None:
    """Net benefit of the model beside reading every film and reading none, a panel for each part of the films."""
    if not curves:
        return None
    figure, panels = _panels(len(curves), height=3.6)
    for axes, curve in zip(panels, curves, strict=True):
        axes.axhline(0.0, color="#1d1f21", linewidth=1.0, linestyle=":", label="read none")
        axes.plot(curve.thresholds, curve.read_all, color="#bdbdbd", linewidth=5, label="read all")
        axes.plot(curve.thresholds, curve.model, color=_COLOURS[0], label="read what the model calls")
        axes.set(xlabel="threshold probability", ylabel="net benefit per film")
        axes.set_title(curve.films, fontsize=10)
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(-0.1, max(0.55, curve.prevalence + 0.05))
        axes.spines[["top", "right"]].set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3 if len(panels) > 1 else 1, fontsize=8)
    return figure


def _panels(count: int, *, height: float) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(_PANEL * max(count, 1), height), layout="constrained")
    return figure, np.atleast_1d(np.asarray(figure.subplots(1, count))).tolist()


def _style(number: int, question: Question) -> dict[str, Any]:
    label = f"{question.films} ({question.positives} and {question.negatives})"
    if question.is_pooled:
        return {"color": _POOLED_COLOUR, "linestyle": "--", "label": label}
    return {"color": _COLOURS[number % len(_COLOURS)], "label": label}


def _mark_points(roc: Axes, recall: Axes, question: Question, points: Sequence[PointsByAge]) -> None:
    for marker, point in zip(_MARKERS, points, strict=False):
        _, thresholds, _ = point.thresholds(question.ages)
        sensitivity, specificity, precision, *_ = Confusion.at(calls_at(question, thresholds), 0.0).shares()
        look: dict[str, Any] = {
            "marker": marker,
            "linestyle": "",
            "color": "#1d1f21",
            "markersize": 6,
            "label": point.name,
        }
        roc.plot([1.0 - specificity], [sensitivity], **look)
        recall.plot([sensitivity], [precision], **look)


def _frame(axes: Axes) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
    axes.spines[["top", "right"]].set_visible(False)
