"""A filter in words: what stands on its button, and the name under which it is first offered to be saved."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desktop.marks import Mark
from desktop.words import short_mark_word, short_reason
from engine.results.columns import RowFilter
from engine.screening.case import Band


def menu_words(rows: RowFilter) -> str:
    """What the menu of the list has narrowed it by."""
    words = []
    if rows.read is not None:
        words.append(_tr(QT_TRANSLATE_NOOP("filter", "Read") if rows.read else QT_TRANSLATE_NOOP("filter", "Unread")))
    if rows.flagged:
        words.append(_tr(QT_TRANSLATE_NOOP("filter", "Flagged")))
    words += [short_reason(reason) for reason in sorted(rows.reasons)]
    return ", ".join(words) or _tr(QT_TRANSLATE_NOOP("filter", "All films"))


def filter_words(rows: RowFilter) -> str:
    """The whole filter."""
    words = [short_mark_word(Mark.of_band(band)) for band in Band if band in rows.bands]
    if rows.statuses:
        words.append(short_mark_word(Mark.NOT_SCORED))
    if rows.search.strip():
        words.append(rows.search.strip())
    if not words or rows.read is not None or rows.flagged or rows.reasons:
        words.insert(0, menu_words(rows))
    return ", ".join(words)


def _tr(source: object) -> str:
    return QCoreApplication.translate("filter", str(source))
