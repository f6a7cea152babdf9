"""The score at the end of a reading: readers, model and truth of one session beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from engine.model.card import PointsByAge
from engine.results.agreement import (
    Agreement,
    Answers,
    Counting,
    Performance,
    agreement,
    answers_of_model,
    answers_of_reader,
    performance,
)
from engine.results.columns import KeyColumns
from engine.results.store import Store
from engine.results.verdicts import Reader, ReadingMode, Verdict

_MODEL_COUNTINGS = (Counting.THRESHOLD, Counting.UNCERTAIN_READ, Counting.UNCERTAIN_PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a session's readers and model say, beside each other and beside the truth.

    Attributes:
        readers: Each pair of readers, the first by initials before the second.
        with_model: Each reader and the model, at the threshold of the operating point.
        reader_performance: Each reader against the labels; empty where none were loaded.
        model_performance: The model against the labels, by how uncertain films count; empty where none were loaded.
    """

    readers: Mapping[tuple[Reader, Reader], Agreement]
    with_model: Mapping[Reader, Agreement]
    reader_performance: Mapping[Reader, Performance]
    model_performance: Mapping[Counting, Performance]


def compare_session(
    store: Store, session_id: int, points: PointsByAge | None, *, mode: ReadingMode | None = None
) -> Comparison:
    """Compare what was said of a session's films. Raises StoreError.

    Args:
        store: Of this thread.
        session_id: The session.
        points: The operating point of its model to judge at; None leaves the model out.
        mode: `BLIND` takes only verdicts given blind on this list; None the last verdict of each reader on each
            film, wherever it was given.
    """
    return compare(
        store.results.columns(session_id),
        store.references.of_session(session_id),
        answers_by_reader(store, session_id, mode),
        points,
    )


def compare(
    columns: KeyColumns, labels: Mapping[int, bool], readers: Mapping[Reader, Answers], points: PointsByAge | None
) -> Comparison:
    """The same of what was read from the store already.

    Args:
        columns: Of the session.
        labels: Whether there is pneumonia, by film; empty where none were loaded.
        readers: What each says.
        points: As for `compare_session`.
    """
    model = None if points is None else answers_of_model(columns, points)
    return Comparison(
        readers={
            (first, second): agreement(readers[first], readers[second]) for first, second in combinations(readers, 2)
        },
        with_model={} if model is None else {reader: agreement(said, model) for reader, said in readers.items()},
        reader_performance={reader: performance(said, labels) for reader, said in readers.items() if labels},
        model_performance={
            counting: performance(answers_of_model(columns, points, counting), labels)
            for counting in _MODEL_COUNTINGS
            if labels and points is not None
        },
    )


def answers_by_reader(store: Store, session_id: int, mode: ReadingMode | None = None) -> dict[Reader, Answers]:
    """What each reader says of a session's films, by initials; `mode` as for `compare_session`. Raises StoreError."""
    verdicts: defaultdict[Reader, dict[int, Verdict]] = defaultdict(dict)
    for entry in store.verdicts.standing(session_id, mode):
        if entry.verdict is not None:
            verdicts[entry.reader][entry.film_id] = entry.verdict
    by_initials = sorted(verdicts, key=lambda reader: reader.initials.casefold())
    return {reader: answers_of_reader(verdicts[reader]) for reader in by_initials}
