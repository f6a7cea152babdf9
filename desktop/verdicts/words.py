"""Verdicts in words, as a button, a line and a sentence need them."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QDateTime, QLocale

from engine.results.verdicts import ReaderVerdict, ReadingMode, Verdict

_WORDS = {
    Verdict.PNEUMONIA: QT_TRANSLATE_NOOP("verdicts", "Pneumonia"),
    Verdict.NO_PNEUMONIA: QT_TRANSLATE_NOOP("verdicts", "No pneumonia"),
    Verdict.OTHER_FINDING: QT_TRANSLATE_NOOP("verdicts", "Other finding"),
    Verdict.CANNOT_TELL: QT_TRANSLATE_NOOP("verdicts", "Cannot tell"),
}
_SHORT_WORDS = _WORDS | {
    Verdict.NO_PNEUMONIA: QT_TRANSLATE_NOOP("verdicts", "None"),
    Verdict.OTHER_FINDING: QT_TRANSLATE_NOOP("verdicts", "Other"),
}


def verdict_words(verdict: Verdict) -> str:
    """A verdict as it is said."""
    return _translated(_WORDS[verdict])


def short_verdict_words(verdict: Verdict) -> str:
    """A verdict in a word or two, for its button."""
    return _translated(_SHORT_WORDS[verdict])


def entry_words(entry: ReaderVerdict) -> str:
    """What a reader said: initials, verdict, whether blind, and the note."""
    assert entry.verdict is not None
    words = f"{entry.reader.initials}: {verdict_words(entry.verdict)}"
    if entry.mode is ReadingMode.BLIND:
        words += _translated(QT_TRANSLATE_NOOP("verdicts", ", blind"))
    return f"{words} – {entry.note}" if entry.note else words


def entry_moment(entry: ReaderVerdict) -> str:
    """When it was said, as people here write it."""
    moment = QDateTime.fromSecsSinceEpoch(int(entry.at.timestamp()))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def _translated(source: object) -> str:
    return QCoreApplication.translate("verdicts", str(source))
