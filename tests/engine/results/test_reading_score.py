from __future__ import annotations

from dataclasses import replace

import pytest

from engine.reasons import Reason
from engine.results.agreement import Counting
from engine.results.reading_score import Mistake, score_reading
from engine.results.store import Store
from engine.results.verdicts import Reader, ReadingMode, Verdict
from engine.screening.case import CaseStatus
from tests.engine.results.made_up import POINTS, make_run, make_scored, make_unscored

P, N, OTHER, UNSURE = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA, Verdict.OTHER_FINDING, Verdict.CANNOT_TELL

# Folder and probability of each film; the last two get no score, and the very last cannot be read.
FILMS = (("PNEUMONIA", 0.9), ("PNEUMONIA", 0.3), ("PNEUMONIA", 0.1), ("NORMAL", 0.1), ("NORMAL", 0.5), ("NORMAL", 0.7))


@pytest.fixture
def session(store: Store) -> tuple[int, list[int]]:
    session_id = store.sessions.start(make_run(), []).session_id
    results = [
        replace(make_scored(place, probability), file=f"{folder}/{place}.png")
        for place, (folder, probability) in enumerate(FILMS)
    ]
    results.append(replace(make_unscored(6, Reason.NOT_FRONTAL, CaseStatus.REJECTED), file="NORMAL/6.png"))
    results.append(replace(make_unscored(7, Reason.EMPTY_FILE), file="NORMAL/7.png"))
    return session_id, store.results.add(session_id, results)


def label(store: Store, session_id: int) -> None:
    files = [f"{folder}/{place}.png" for place, (folder, _) in enumerate(FILMS)] + ["NORMAL/6.png", "NORMAL/7.png"]
    store.references.keep(session_id, {file: file.startswith("PNEU") for file in files})


def give(
    store: Store, session: tuple[int, list[int]], initials: str, *said: Verdict, mode: ReadingMode = ReadingMode.OPEN
) -> Reader:
    session_id, films = session
    reader = store.verdicts.reader(initials)
    for film_id, verdict in zip(films, said, strict=False):
        store.verdicts.give(verdict, film_id=film_id, session_id=session_id, reader=reader, mode=mode)
    return reader


def test_an_unread_list_has_nothing_but_its_films(store: Store, session: tuple[int, list[int]]) -> None:
    score = score_reading(store, session[0], POINTS)
    assert (score.films, score.labelled, score.read_by_nobody) == (7, 0, 7)
    assert (score.unread, score.mistakes) == ({}, ())
    assert score.comparison.model_performance == {}


def test_what_is_left_to_read_is_counted_for_each_reader(store: Store, session: tuple[int, list[int]]) -> None:
    first = give(store, session, "A", P, N, UNSURE)
    second = give(store, session, "B", P, N, N, N, P)
    score = score_reading(store, session[0], POINTS)
    assert score.unread == {first: 4, second: 2}
    assert score.read_by_nobody == 2


def test_wrong_answers_are_listed_with_their_films(store: Store, session: tuple[int, list[int]]) -> None:
    label(store, session[0])
    reader = give(store, session, "A", P, N, UNSURE, OTHER, P)
    score = score_reading(store, session[0], POINTS)
    assert (score.labelled, score.with_pneumonia, score.without_score) == (7, 3, 1)
    _, ids = session
    assert score.mistakes == (
        Mistake(reader=reader, film_id=ids[1], case_index=1, file="PNEUMONIA/1.png", has_pneumonia=True),
        Mistake(reader=reader, film_id=ids[4], case_index=4, file="NORMAL/4.png", has_pneumonia=False),
        # Film 5, of which the model is wrong too, nobody has read yet.
        Mistake(reader=None, film_id=ids[1], case_index=1, file="PNEUMONIA/1.png", has_pneumonia=True, uncertain=True),
        Mistake(reader=None, film_id=ids[2], case_index=2, file="PNEUMONIA/2.png", has_pneumonia=True),
        Mistake(reader=None, film_id=ids[4], case_index=4, file="NORMAL/4.png", has_pneumonia=False, uncertain=True),
    )


def test_where_nobody_reads_the_model_is_judged_alone(store: Store, session: tuple[int, list[int]]) -> None:
    label(store, session[0])
    score = score_reading(store, session[0], POINTS)
    assert [mistake.case_index for mistake in score.mistakes] == [1, 2, 4, 5]
    assert score.comparison.model_performance[Counting.THRESHOLD].missed == 2


def test_blind_and_open_verdicts_are_apart(store: Store, session: tuple[int, list[int]]) -> None:
    label(store, session[0])
    reader = give(store, session, "A", N, N, mode=ReadingMode.BLIND)
    give(store, session, "A", P)
    blind, seen, last = (
        score_reading(store, session[0], POINTS, mode=mode) for mode in (ReadingMode.BLIND, ReadingMode.OPEN, None)
    )
    assert [score.mode for score in (blind, seen, last)] == [ReadingMode.BLIND, ReadingMode.OPEN, None]
    assert [score.unread[reader] for score in (blind, seen, last)] == [5, 6, 5]
    wrong = [[m.case_index for m in score.mistakes if m.reader is not None] for score in (blind, seen, last)]
    assert wrong == [[0, 1], [], [1]]


def test_without_an_operating_point_the_model_is_left_out(store: Store, session: tuple[int, list[int]]) -> None:
    label(store, session[0])
    reader = give(store, session, "A", N)
    score = score_reading(store, session[0], None)
    assert score.point is None
    assert (score.comparison.model_performance, score.comparison.with_model, score.without_score) == ({}, {}, 0)
    assert [mistake.reader for mistake in score.mistakes] == [reader]


def test_a_film_that_lies_there_twice_is_one_film(store: Store) -> None:
    session_id = store.sessions.start(make_run(), []).session_id
    twins = [replace(make_scored(place, 0.9, content="same"), file=f"NORMAL/{place}.png") for place in range(2)]
    store.results.add(session_id, twins)
    store.references.keep(session_id, {twin.file: False for twin in twins})
    score = score_reading(store, session_id, POINTS)
    assert score.films == 1
    assert [mistake.file for mistake in score.mistakes] == ["NORMAL/0.png"]
