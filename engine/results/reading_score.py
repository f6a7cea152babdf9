"""How far a reading has come, how it compares, and which films went wrong: what a classroom looks at in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.model.card import PointsByAge
from engine.results.agreement import Answers, answers_of_model
from engine.results.columns import KeyColumns
from engine.results.comparison import Comparison, answers_by_reader, compare
from engine.results.store import Store
from engine.results.verdicts import Reader, ReadingMode
from engine.screening.case import CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A labelled film of which one side said the contrary.

    Attributes:
        reader: None for the model.
        film_id: The film's number in the store.
        case_index: `CaseResult.index` of the film.
        has_pneumonia: What its label says.
        uncertain: Whether the model's band is uncertain.
    """

    reader: Reader | None
    film_id: int
    case_index: int
    file: str
    has_pneumonia: bool
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingScore:
    """What the readers of a session have done.

    Attributes:
        mode: Which verdicts count; None for the last of each reader.
        point: Name of the operating point that the model is judged at; None where the model is left out.
        comparison: Readers, model and labels beside each other.
        films: Films of the session that could be read.
        labelled, with_pneumonia: How many of them have a label, and of these how many show pneumonia.
        unread: How many of the films each reader has given no verdict on.
        read_by_nobody: Films on which nobody has.
        without_score: Labelled films of which the model says nothing.
        mistakes: Of the readers, then of the model. Once somebody has begun to read, the model's are only those on
            films that somebody has read, so that the list gives nothing away.
    """

    mode: ReadingMode | None
    point: str | None
    comparison: Comparison
    films: int
    labelled: int
    with_pneumonia: int
    unread: Mapping[Reader, int]
    read_by_nobody: int
    without_score: int
    mistakes: tuple[Mistake, ...]


def score_reading(
    store: Store, session_id: int, points: PointsByAge | None, *, mode: ReadingMode | None = None
) -> ReadingScore:
    """Score what was said of a session's films. Raises StoreError; the arguments are those of `compare_session`."""
    columns = store.results.columns(session_id)
    films = set(columns.film_id[~columns.has_status(CaseStatus.FAILED)].tolist())
    labels = {film: label for film, label in store.references.of_session(session_id).items() if film in films}
    readers = answers_by_reader(store, session_id, mode)
    looked_at = {reader: answers.pneumonia.keys() | answers.unanswered for reader, answers in readers.items()}
    read = set().union(*looked_at.values())
    model = None if points is None else answers_of_model(columns, points)
    place_of = {film: place for place, film in reversed(list(enumerate(columns.film_id.tolist())))}
    mistakes: list[Mistake] = []
    for reader, answers in readers.items():
        mistakes += _mistakes(reader, answers, labels, labels, columns, place_of)
    if model is not None:
        mistakes += _mistakes(None, model, labels, read or labels, columns, place_of)
    return ReadingScore(
        mode=mode,
        point=None if points is None else points.name,
        comparison=compare(columns, labels, readers, points),
        films=len(films),
        labelled=len(labels),
        with_pneumonia=sum(labels.values()),
        unread={reader: len(films - seen) for reader, seen in looked_at.items()},
        read_by_nobody=len(films - read),
        without_score=0 if model is None else len(labels.keys() - model.pneumonia.keys()),
        mistakes=tuple(mistakes),
    )


def _mistakes(
    reader: Reader | None,
    answers: Answers,
    labels: Mapping[int, bool],
    among: Iterable[int],
    columns: KeyColumns,
    place_of: Mapping[int, int],
) -> list[Mistake]:
    """The wrong answers on labelled films among these, in the order of the list."""
    wrong = [film for film in among if film in labels and answers.pneumonia.get(film, labels[film]) != labels[film]]
    return [
        Mistake(
            reader=reader,
            film_id=film,
            case_index=int(columns.position[place_of[film]]),
            file=columns.files[place_of[film]],
            has_pneumonia=labels[film],
            uncertain=film in answers.uncertain,
        )
        for film in sorted(wrong, key=lambda film: place_of[film])
    ]
