"""Questions, groups, boxes and shelves on films that are made up."""

from __future__ import annotations

import pytest

from tests.training.evaluate.made_up import scored_film
from training.evaluate.boxes import peak_figures
from training.evaluate.evaluation import wrong_calls
from training.evaluate.gallery import shelve
from training.evaluate.groups import group_figures
from training.evaluate.known import Kind, Rectangle
from training.evaluate.measures import discrimination
from training.evaluate.questions import detection_questions, subtype_question
from training.evaluate.scoring import ScoredFilm

LEFT_LUNG, RIGHT_LUNG = Rectangle(0.2, 0.3, 0.4, 0.6), Rectangle(0.6, 0.3, 0.8, 0.6)


def films_that_show_only_their_view() -> list[ScoredFilm]:
    """A model that calls every AP film: worthless within a view, good when views are pooled."""
    films = []
    for view, ill, well, probability in (("PA", 6, 12, 0.2), ("AP", 12, 6, 0.8)):
        films += [scored_film(Kind.OPACITY, probability, view=view, patient=f"{view}i{n}") for n in range(ill)]
        films += [scored_film(Kind.NORMAL, probability, view=view, patient=f"{view}w{n}") for n in range(well)]
    return films


def test_views_come_before_the_pooled_figure() -> None:
    (contrast,) = detection_questions(films_that_show_only_their_view(), "opacity")
    assert [question.films for question in contrast] == ["PA", "AP", "all views pooled"]
    found = [discrimination(question, resamples=20).auroc for question in contrast]
    assert [figure.value for figure in found if figure is not None] == pytest.approx([0.5, 0.5, 2 / 3])


def test_other_abnormal_films_are_a_question_of_their_own() -> None:
    films = [scored_film(kind, 0.5) for kind in (Kind.OPACITY, Kind.NORMAL, Kind.OTHER, Kind.OTHER)]
    normal, other = detection_questions(films, "opacity")
    assert [(question.contrast, question.positives, question.negatives) for question in (*normal, *other)] == [
        ("opacity against normal", 1, 1),
        ("opacity against other abnormal", 1, 2),
    ]
    assert normal[0].films == "all films"
    assert subtype_question(films) is None


def test_the_subtype_question_ranks_by_the_share_of_bacteria() -> None:
    films = [scored_film(Kind.BACTERIAL, 0.1 * n, p_bacterial=0.9) for n in range(5)]
    films += [scored_film(Kind.VIRAL, 0.9, p_bacterial=0.2, patient=f"v{n}") for n in range(5)]
    question = subtype_question([*films, scored_film(Kind.NORMAL, 0.1)])
    assert question is not None
    assert (question.positives, question.negatives) == (5, 5)
    found = discrimination(question, resamples=20).auroc
    assert found is not None
    assert found.value == 1.0


def test_groups_stay_within_a_view_and_small_ones_have_dashes() -> None:
    films = [
        scored_film(Kind.OPACITY, 0.9 if n else 0.1, view="PA", age=5.9, sex="F", patient=f"a{n}") for n in range(5)
    ]
    films += [scored_film(Kind.NORMAL, 0.2, view="PA", age=6.0, patient=f"b{n}") for n in range(5)]
    films += [scored_film(Kind.NORMAL, 0.2, view="AP", age=6.0), scored_film(Kind.OTHER, 0.9, view="PA", age=6.0)]
    rows = group_figures(films, resamples=20)
    assert [(row.by, row.films, row.group, row.positives, row.negatives) for row in rows] == [
        ("age", "PA", "1 to 5 years", 5, 0),
        ("age", "PA", "6 to 17 years", 0, 5),
        ("age", "AP", "6 to 17 years", 0, 1),
        ("sex", "PA", "female", 5, 0),
        ("sex", "PA", "not stated", 0, 5),
    ]
    young, old, lying = rows[:3]
    assert young.sensitivity is not None
    assert young.sensitivity.value == pytest.approx(0.8)
    assert old.specificity is not None
    assert old.specificity.value == 1.0
    assert old.specificity.low < 0.7
    assert (young.auroc, young.specificity, lying.specificity) == (None, None, None)


def test_a_subtype_stands_against_all_normal_films() -> None:
    films = [scored_film(Kind.BACTERIAL, 0.9, patient=f"b{n}") for n in range(5)]
    films += [scored_film(Kind.VIRAL, 0.1, patient=f"v{n}") for n in range(5)]
    films += [scored_film(Kind.NORMAL, 0.5, patient=f"n{n}") for n in range(6)]
    bacterial, viral = group_figures(films, resamples=20)
    assert (bacterial.positives, bacterial.negatives) == (viral.positives, viral.negatives) == (5, 6)
    assert bacterial.auroc is not None
    assert viral.auroc is not None
    assert (bacterial.auroc.value, viral.auroc.value) == (1.0, 0.0)


def test_peaks_in_boxes_worked_by_hand() -> None:
    """Cells are quarters of the film: cell (1, 1) has its centre at (0.375, 0.375), inside the left box only."""
    in_left, outside = (1, 1), (3, 0)
    films = [
        scored_film(Kind.OPACITY, 0.9, boxes=(LEFT_LUNG,), peak=in_left),
        scored_film(Kind.OPACITY, 0.9, boxes=(LEFT_LUNG, RIGHT_LUNG), peak=in_left),
        scored_film(Kind.OPACITY, 0.9, boxes=(RIGHT_LUNG,), peak=in_left),
        scored_film(Kind.OPACITY, 0.9, boxes=(LEFT_LUNG,), peak=outside),
        scored_film(Kind.OPACITY, 0.9, boxes=(Rectangle(0.0, 0.9, 0.1, 1.0),), peak=in_left),
        scored_film(Kind.OPACITY, 0.6, boxes=(RIGHT_LUNG,), peak=(1, 2)),
        scored_film(Kind.OPACITY, 0.1, boxes=(RIGHT_LUNG,), peak=(1, 2)),
        scored_film(Kind.OPACITY, 0.9, peak=in_left),
        scored_film(Kind.NORMAL, 0.9, boxes=(LEFT_LUNG,), peak=in_left),
    ]
    positive, called, everything = peak_figures(films, "balanced")
    assert (positive.hits, positive.count) == (2, 5)
    assert (called.hits, called.count) == (3, 6)
    assert (everything.hits, everything.count) == (4, 7)
    assert (positive.left_centre, positive.right_centre, positive.baseline) == pytest.approx((3 / 5, 2 / 5, 1 / 2))
    assert positive.share is not None
    assert positive.share.value == pytest.approx(0.4)
    assert positive.box_area is not None
    assert positive.box_area == pytest.approx((0.06 + 0.12 + 0.06 + 0.06 + 0.01) / 5, abs=0.005)


def test_no_boxes_no_figures() -> None:
    assert peak_figures([scored_film(Kind.OPACITY, 0.9)], "balanced") == ()
    (few, *_) = peak_figures([scored_film(Kind.OPACITY, 0.9, boxes=(LEFT_LUNG,))], "balanced")
    assert (few.count, few.share, few.baseline) == (1, None, None)


def test_the_most_confident_errors_come_first() -> None:
    films = (
        scored_film(Kind.NORMAL, 0.6),
        scored_film(Kind.NORMAL, 0.9),
        scored_film(Kind.VIRAL, 0.05),
        scored_film(Kind.VIRAL, 0.8),
        scored_film(Kind.VIRAL, 0.99),
    )
    assert [film.score.probability for film in wrong_calls(films)] == [0.05, 0.9, 0.6]
    shelves = shelve(films, "pneumonia")
    assert [[film.score.probability for film in shelf.films] for shelf in shelves] == [[0.9, 0.6], [0.05], [0.99, 0.8]]
