"""The evaluation as a page to read, with its pictures inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from engine.model.card import Estimate, PointsByAge
from training.evaluate.boxes import LUNG_CENTRES
from training.evaluate.charts import draw_curves, draw_decision_curves, draw_reliability
from training.evaluate.evaluation import MOST_ERRORS, POINT, Evaluation
from training.evaluate.gallery import Shelf, draw_shelf
from training.evaluate.measures import FEWEST
from training.evaluate.probabilities import BINS, FEWEST_CALIBRATED
from training.evaluate.questions import Question
from training.html_report import HtmlReport

DASH = "–"
_MOST_LEFT_OUT = 30


def build_page(
    evaluation: Evaluation,
    questions: Sequence[Question],
    points: Sequence[PointsByAge],
    shelves: Sequence[Shelf],
) -> HtmlReport:
    """Set the report from its figures, questions, the card's operating points and the films to show."""
    made_by = evaluation.made_by
    page = HtmlReport(f"Evaluation of {made_by.model_id} {made_by.model_version}")
    page.add_text(
        f"Measured on {made_by.films}. Figures hold for films that the model has not learned from and that nothing "
        "was chosen on; a report cannot check that."
    )
    for warning in evaluation.warnings:
        page.add_warning(warning)
    _add_films(page, evaluation)
    _add_discrimination(page, evaluation, questions, points)
    _add_calls(page, evaluation)
    _add_calibration(page, evaluation)
    _add_groups(page, evaluation)
    _add_peaks(page, evaluation)
    _add_gallery(page, evaluation, shelves)
    _add_provenance(page, evaluation)
    return page


def _add_films(page: HtmlReport, evaluation: Evaluation) -> None:
    page.add_heading("Films")
    page.add_table(
        ("kind", "view", "scored"),
        [(count.kind, count.view or "not stated", count.scored) for count in evaluation.counts],
    )
    if not evaluation.left_out:
        page.add_text("Every film could be read and passed the gate.")
        return
    reasons = Counter((film.status, film.reason, film.kind) for film in evaluation.left_out)
    page.add_text("Not scored, and in none of the figures:")
    page.add_table(
        ("status", "reason", "kind", "films"),
        [(*words, count) for words, count in sorted(reasons.items())],
    )
    shown = evaluation.left_out[:_MOST_LEFT_OUT]
    more = len(evaluation.left_out) - len(shown)
    names = ", ".join(film.file for film in shown) + (f" and {more} more, listed in evaluate.json" if more else "")
    page.add_text(f"They are: {names}.")


def _add_discrimination(
    page: HtmlReport, evaluation: Evaluation, questions: Sequence[Question], points: Sequence[PointsByAge]
) -> None:
    page.add_heading("Telling films apart")
    page.add_table(
        ("question", "films", "positive", "negative", "patients", "AUROC (95 % interval)"),
        [
            (row.contrast, row.films, row.positives, row.negatives, row.patients, interval(row.auroc))
            for row in evaluation.discrimination
        ],
    )
    if any(question.is_pooled for question in questions):
        page.add_warning(
            "A pooled figure rewards telling AP from PA: the ill are filmed lying down more often, so a model that "
            "only sees the view scores well on it. Read the figures within each view; never quote the pooled one alone."
        )
    for contrast, group in groupby(questions, key=lambda question: question.contrast):
        figure = draw_curves(list(group), points if contrast != "bacterial against viral" else ())
        if figure is not None:
            page.add_figure(
                figure,
                f"{contrast.capitalize()}. In brackets the number of positive and of negative films; dotted lines are "
                "the precision of calling every film positive. Precision depends on how common the finding is.",
            )


def _add_calls(page: HtmlReport, evaluation: Evaluation) -> None:
    page.add_heading("Calls at each operating point")
    page.add_text(
        "In brackets the probability from which films count as positive. Films in the uncertain band are counted by "
        "the threshold first, then all as positive and all as negative. Precision, F1 and accuracy hold at the share "
        "of positive films in each table, not at that of a clinic; their intervals are in evaluate.json."
    )
    by_question = groupby(evaluation.operating_points, key=lambda row: (row.contrast, row.films))
    for (contrast, films), group in by_question:
        page.add_text(f"{contrast.capitalize()}, {films}:")
        page.add_table(
            ("point", "uncertain", "TP", "FP", "FN", "TN", "sensitivity", "specificity", "precision", "F1", "accuracy"),
            [
                (
                    f"{row.point} ({'by age' if row.threshold is None else f'{row.threshold:.3f}'})",
                    row.uncertain,
                    row.confusion.true_positive,
                    row.confusion.false_positive,
                    row.confusion.false_negative,
                    row.confusion.true_negative,
                    *map(interval, (row.sensitivity, row.specificity)),
                    *map(value_of, (row.precision, row.f1, row.accuracy)),
                )
                for row in group
            ],
        )


def _add_calibration(page: HtmlReport, evaluation: Evaluation) -> None:
    prevalence = f"{evaluation.made_by.prevalence:.0%}".replace("%", " %")
    page.add_heading("Do probabilities come true?")
    page.add_table(
        ("question", "films", "expected calibration error (95 % interval)"),
        [(row.contrast, row.films, interval(row.error)) for row in evaluation.reliability],
    )
    page.add_text(
        f"Films are reweighted so that {prevalence} of them have the finding, which is what the model's card "
        f"calibrates for. {BINS} bins hold equally many films each; with fewer than {FEWEST_CALIBRATED} films, or "
        f"fewer than {FEWEST} of a sort, none are drawn. Few films in a bin make the error larger than it is, and "
        "resampling adds to that: the interval leans upwards."
    )
    figure = draw_reliability(evaluation.reliability)
    if figure is not None:
        page.add_figure(figure, "Reliability: on the grey line, probabilities come true; below it, they are too high.")
    page.add_heading("Is reading by the model worth it?")
    figure = draw_decision_curves(evaluation.decision_curves)
    if figure is None:
        page.add_text(f"No decision curve is drawn with fewer than {FEWEST} films of a sort.")
        return
    page.add_figure(
        figure,
        f"Net benefit (Vickers and Elkin 2006) where {prevalence} of films have the finding. A threshold probability "
        "of 0.2 means that finding one ill patient is worth reading four films in vain. The model helps where its "
        f"line lies above both others. Parts with fewer than {FEWEST} films of a sort have no panel.",
    )


def _add_groups(page: HtmlReport, evaluation: Evaluation) -> None:
    page.add_heading("Groups")
    page.add_text(
        f"Against normal films; sensitivity and specificity at {POINT}. A dash stands where fewer than {FEWEST} films "
        "of a sort are there. Views are in the tables above and are never mixed here. Films of a subtype stand "
        "against all normal films. What no film states has no rows."
    )
    page.add_table(
        ("by", "group", "films", "positive", "negative", "patients", "AUROC", "sensitivity", "specificity"),
        [
            (
                row.by, row.group, row.films, row.positives, row.negatives, row.patients,
                interval(row.auroc), interval(row.sensitivity), interval(row.specificity),
            )
            for row in evaluation.groups
        ],
    )  # fmt: skip


def _add_peaks(page: HtmlReport, evaluation: Evaluation) -> None:
    if not evaluation.heat_peaks:
        return
    page.add_heading("Does the heat peak where radiologists drew a box?")
    page.add_table(
        ("films", "view", "in a box", "share (95 % interval)", "left point", "right point", "baseline", "box area"),
        [
            (
                row.chosen, row.films, f"{row.hits} of {row.count}", interval(row.share),
                *map(share, (row.left_centre, row.right_centre, row.baseline, row.box_area)),
            )
            for row in evaluation.heat_peaks
        ],
    )  # fmt: skip
    (left, height), (right, _) = LUNG_CENTRES
    page.add_text(
        "The peak is the centre of the hottest cell. The baseline needs no model: the peak put at the centre of a lung "
        "of an average chest, left or right by the toss of a coin. The points are fixed for all films, at "
        f"({left}, {height}) and ({right}, {height}) of the film's width and height; the baseline is the mean of both. "
        "Box area is the mean share of the film inside boxes. Peak intervals take each film on its own (Wilson 1927). "
        "Heat shows where the model looked; it is not the outline of a finding."
    )


def _add_gallery(page: HtmlReport, evaluation: Evaluation, shelves: Sequence[Shelf]) -> None:
    page.add_heading("Right and wrong films")
    if shelves:
        page.add_text(
            f"Called at {POINT}, the most confident first. Each film stands beside its heat; a cross marks the hottest "
            "cell, blue frames are radiologists' boxes. Heat below 0.35 is not coloured."
        )
    else:
        page.add_text("The films themselves were left out of this report (--without-films).")
    for shelf in shelves:
        figure = draw_shelf(shelf)
        if figure is not None:
            page.add_figure(figure, f"{shelf.title}: {len(shelf.films)} of {shelf.total}.")
    if evaluation.errors:
        page.add_text(f"Wrong calls, the most confident first, {MOST_ERRORS} at most:")
        page.add_table(
            ("film", "kind", "view", "probability"),
            [(row.file, row.kind, row.view or DASH, row.probability) for row in evaluation.errors],
        )


def _add_provenance(page: HtmlReport, evaluation: Evaluation) -> None:
    made_by = evaluation.made_by
    page.add_heading("How this was made")
    page.add_text(
        f"Intervals are the 2.5th to 97.5th percentile of {made_by.resamples} bootstrap draws of whole patients "
        "(Efron and Tibshirani 1993); a share of exactly 0 or 1, which drawing again cannot move, has the interval of "
        "Wilson 1927 with patients as the cases. Films were read, checked, prepared and scored by the program itself."
    )
    page.add_table(
        ("what", "value"),
        [
            ("command", made_by.command),
            ("model", f"{made_by.model_id} {made_by.model_version}"),
            ("model file, SHA-256", made_by.model_sha256),
            ("network, SHA-256", made_by.graph_sha256),
            ("program", f"Mapafu {made_by.program_version}"),
        ],
    )


def interval(estimate: Estimate | None) -> str:
    """`0.981 (0.975–0.988)`, or a dash."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}–{estimate.high:.3f})" if estimate is not None else DASH


def value_of(estimate: Estimate | None) -> str:
    """The figure without its interval, or a dash."""
    return share(estimate.value if estimate is not None else None)


def share(value: float | None) -> str:
    """`0.981`, or a dash."""
    return f"{value:.3f}" if value is not None else DASH
