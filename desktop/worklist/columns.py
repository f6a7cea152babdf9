"""The columns of the work list: what each shows, and what it is sorted by."""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desktop.marks import Mark
from desktop.words import (
    age_words,
    caution_words,
    day_words,
    reason_sentence,
    short_caution_words,
    short_mark_word,
    short_reason,
    two_digits,
)
from engine.reasons import Note, Reason
from engine.results.columns import SortBy
from engine.screening.case import CaseResult, CaseStatus


class Column(IntEnum):
    """The columns, by their place."""

    BAND = 0
    PROBABILITY = 1
    FILE = 2
    VIEW = 3
    AGE = 4
    MARKS = 5
    ACQUIRED = 6
    REASON = 7


_TITLES = {
    Column.BAND: QT_TRANSLATE_NOOP("columns", "Band"),
    Column.PROBABILITY: QT_TRANSLATE_NOOP("columns", "P"),
    Column.FILE: QT_TRANSLATE_NOOP("columns", "File"),
    Column.VIEW: QT_TRANSLATE_NOOP("columns", "View"),
    Column.AGE: QT_TRANSLATE_NOOP("columns", "Age"),
    Column.MARKS: QT_TRANSLATE_NOOP("columns", "Marks"),
    Column.ACQUIRED: QT_TRANSLATE_NOOP("columns", "Taken"),
    Column.REASON: QT_TRANSLATE_NOOP("columns", "Reason"),
}
NUMBERS = frozenset({Column.PROBABILITY, Column.AGE, Column.ACQUIRED})  # they line up at their end
ANSWERS = frozenset({Column.BAND, Column.PROBABILITY, Column.REASON})  # what a blind reader must not see
_FILM_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"})
_SORTED_BY = {
    Column.BAND: SortBy.TRIAGE,
    Column.PROBABILITY: SortBy.PROBABILITY,
    Column.FILE: SortBy.FILE,
    Column.VIEW: SortBy.VIEW_POSITION,
    Column.AGE: SortBy.AGE,
    Column.MARKS: SortBy.MARKS,
    Column.ACQUIRED: SortBy.ACQUIRED,
    Column.REASON: SortBy.REASON,
}


def title(column: Column) -> str:
    """The column's heading."""
    return _translated(_TITLES[column])


def sorted_by(column: Column) -> SortBy:
    """What rows are put in order by when one asks for this column."""
    return _SORTED_BY[column]


def shown_text(result: CaseResult, column: Column) -> str:
    """What a cell shows."""
    facts = result.facts
    match column:
        case Column.BAND:
            return _band_text(result)
        case Column.PROBABILITY:
            return two_digits(result.score.probability) if result.score is not None else ""
        case Column.FILE:
            return short_name(result.file)
        case Column.VIEW:
            return (facts.view_position if facts is not None else None) or "–"
        case Column.AGE:
            return age_words(facts.age_years if facts is not None else None)
        case Column.ACQUIRED:
            taken = facts.acquired_at if facts is not None else None
            return day_words(taken) if taken is not None else "–"
        case Column.REASON:
            return reason_sentence(result.reason) if result.reason is not None else ""
    return ""


def marks_text(*, read: bool, flagged: bool) -> str:
    """The marks of a row in words."""
    state = _translated(QT_TRANSLATE_NOOP("columns", "read") if read else QT_TRANSLATE_NOOP("columns", "unread"))
    return f"{_translated(QT_TRANSLATE_NOOP('columns', 'flagged'))}, {state}" if flagged else state


def band_lines(result: CaseResult) -> tuple[str, str]:
    """The band or the reason in a word or two, and what has to stand below it; the latter is empty for most films."""
    if result.reason is not None:
        return short_reason(result.reason), ""
    if result.status is CaseStatus.PENDING:
        return "", ""
    return short_mark_word(Mark.of(result)), short_caution_words(result.notes)


def usual_band_words() -> list[str]:
    """What stands in that column most often. Rarer reasons may be shortened there: their sentence is a tooltip."""
    reasons = (Reason.NOT_A_CHEST_FILM, Reason.NOT_FRONTAL, Reason.NOT_AN_IMAGE, Reason.LUNGS_CUT_OFF, Reason.BLANK)
    words = [*map(short_mark_word, Mark), *map(short_reason, reasons)]
    return [*words, short_caution_words([Note.AGE_OUTSIDE_TRAINING])]


def _band_text(result: CaseResult) -> str:
    word, _ = band_lines(result)
    caution = caution_words(result.notes) if result.reason is None and result.status is not CaseStatus.PENDING else ""
    return f"{word} · {caution}" if caution else word


def short_name(file: str) -> str:
    """The file's own name, without the ending that every film has."""
    path = PurePath(file)
    return path.stem if path.suffix.casefold() in _FILM_ENDINGS and path.stem else path.name


def long_name(file: str) -> str:
    """The short name behind the folder it lies in, for films that the short name does not tell apart."""
    folder = PurePath(file).parent.name
    return f"{folder}/{short_name(file)}" if folder else short_name(file)


def _translated(source: object) -> str:
    return QCoreApplication.translate("columns", str(source))
