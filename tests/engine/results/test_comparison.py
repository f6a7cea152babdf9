from __future__ import annotations

from dataclasses import replace

from engine.results.agreement import Counting
from engine.results.comparison import compare_session
from engine.results.intervals import wilson
from engine.results.store import Store
from engine.results.verdicts import ReadingMode, Verdict
from tests.engine.results.made_up import POINTS, make_run, make_scored

P, N = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA


def test_a_classroom_is_scored_at_its_end(store: Store) -> None:
    session_id = store.sessions.start(make_run(), []).session_id
    probabilities = (0.9, 0.9, 0.3, 0.1)
    results = [
        replace(make_scored(place, probability), file=f"{folder}/{place}.png")
        for place, (probability, folder) in enumerate(
            zip(probabilities, ("PNEUMONIA", "NORMAL", "PNEUMONIA", "NORMAL"), strict=True)
        )
    ]
    films = store.results.add(session_id, results)
    second, first = store.verdicts.reader("b"), store.verdicts.reader("A")
    said = {first: (P, N, P, N), second: (P, P, N, N)}
    for reader, verdicts in said.items():
        for film_id, verdict in zip(films, verdicts, strict=True):
            store.verdicts.give(verdict, film_id=film_id, session_id=session_id, reader=reader, mode=ReadingMode.BLIND)
    without_labels = compare_session(store, session_id, POINTS)
    assert (without_labels.reader_performance, without_labels.model_performance) == ({}, {})

    store.references.keep(session_id, {result.file: result.file.startswith("PNEU") for result in results})
    # After the answer was seen the second reader changes a verdict; read blind, it stays what it was.
    store.verdicts.give(P, film_id=films[2], session_id=session_id, reader=second)
    blind = compare_session(store, session_id, POINTS, mode=ReadingMode.BLIND)
    last = compare_session(store, session_id, POINTS)

    assert list(blind.readers) == [(first, second)]
    assert blind.readers[first, second].share == wilson(2, 4)
    assert last.readers[first, second].share == wilson(3, 4)
    assert blind.with_model[second].share == wilson(4, 4)
    assert blind.with_model[second].uncertain == 1
    assert blind.reader_performance[first].sensitivity == wilson(2, 2)
    assert blind.reader_performance[second].sensitivity == wilson(1, 2)
    assert last.reader_performance[second].sensitivity == wilson(2, 2)
    by_counting = {counting: found.sensitivity for counting, found in blind.model_performance.items()}
    assert by_counting == {
        Counting.THRESHOLD: wilson(1, 2),
        Counting.UNCERTAIN_READ: wilson(2, 2),
        Counting.UNCERTAIN_PASSED: wilson(1, 2),
    }
    assert blind.model_performance[Counting.THRESHOLD].specificity == wilson(1, 2)


def test_a_session_that_nobody_read_has_no_figures(store: Store) -> None:
    session_id = store.sessions.start(make_run(), []).session_id
    store.results.add(session_id, [make_scored(0, 0.9)])
    found = compare_session(store, session_id, POINTS)
    assert (found.readers, found.with_model) == ({}, {})
