"""The columns of the work list: what each shows, and by what it is sorted."""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desktop.marks import Mark
from desktop.words import age_words, caution_words, reason_sentence, short_mark_word, short_reason, two_digits
from engine.screening.case import CaseResult


class Column(IntEnum):
    """The columns, by their place."""

    BAND = 0
    PROBABILITY = 1
    FILE = 2
    VIEW = 3
    AGE = 4
    REASON = 5


_TITLES = {
    Column.BAND: QT_TRANSLATE_NOOP("columns", "Band"),
    Column.PROBABILITY: QT_TRANSLATE_NOOP("columns", "P"),
    Column.FILE: QT_TRANSLATE_NOOP("columns", "File"),
    Column.VIEW: QT_TRANSLATE_NOOP("columns", "View"),
    Column.AGE: QT_TRANSLATE_NOOP("columns", "Age"),
    Column.REASON: QT_TRANSLATE_NOOP("columns", "Reason"),
}
_FILM_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"})
_MARK_ORDER = {mark: place for place, mark in enumerate(Mark)}

# What one column sorts by. None is unknown, and comes last whichever way the column is sorted.
SortKey = tuple[float, ...] | float | str | None


def title(column: Column) -> str:
    """The column's heading."""
    return QCoreApplication.translate("columns", str(_TITLES[column]))


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
        case Column.REASON:
            return reason_sentence(result.reason) if result.reason is not None else ""


def _band_text(result: CaseResult) -> str:
    if result.reason is not None:
        return short_reason(result.reason)
    caution = caution_words(result.notes)
    word = short_mark_word(Mark.of(result))
    return f"{word} · {caution}" if caution else word


def short_name(file: str) -> str:
    """The file's own name, without the ending that every film has."""
    path = PurePath(file)
    return path.stem if path.suffix.casefold() in _FILM_ENDINGS and path.stem else path.name


def long_name(file: str) -> str:
    """The short name behind the folder it lies in, for films that the short name does not tell apart."""
    folder = PurePath(file).parent.name
    return f"{folder}/{short_name(file)}" if folder else short_name(file)


def sort_key(result: CaseResult, column: Column) -> SortKey:
    """What a cell is sorted by: numbers as numbers, the band in triage order."""
    facts = result.facts
    match column:
        case Column.BAND:
            return triage_key(result)
        case Column.PROBABILITY:
            return result.score.probability if result.score is not None else None
        case Column.FILE:
            return result.file.casefold()
        case Column.VIEW:
            return facts.view_position if facts is not None else None
        case Column.AGE:
            return facts.age_years if facts is not None else None
        case Column.REASON:
            return reason_sentence(result.reason) if result.reason is not None else None


def triage_key(result: CaseResult) -> tuple[float, ...]:
    """Positive films first, the surest of them on top; then uncertain, negative, rejected and failed ones."""
    mark = Mark.of(result)
    if result.score is None:
        return (_MARK_ORDER[mark], float(result.status.value == "failed"), result.index)
    return (_MARK_ORDER[mark], -result.score.probability, result.index)
