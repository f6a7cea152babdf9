"""What a reader says of a film."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a reader sees on a film."""

    PNEUMONIA = "pneumonia"
    NO_PNEUMONIA = "no_pneumonia"
    OTHER_FINDING = "other_finding"
    CANNOT_TELL = "cannot_tell"


class ReadingMode(StrEnum):
    """What the reader could see: `open` with what the model and other readers say, `blind` without."""

    OPEN = "open"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who reads films, known by initials."""

    reader_id: int
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderVerdict:
    """One entry in the history of a film. Entries are added and never changed.

    Attributes:
        film_id: The store's number of the film.
        session_id: The session in which it was given.
        verdict: None where the entry takes another one back.
        note: Free words, may be empty.
        supersedes: The verdict of the same reader on the same film that stood before this one.
        undoes: The entry that this one takes back.
    """

    verdict_id: int
    film_id: int
    session_id: int
    reader: Reader
    verdict: Verdict | None
    note: str
    mode: ReadingMode
    at: datetime
    supersedes: int | None
    undoes: int | None
