"""The words on screen for what the engine finds: long and short, translated where a translation is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QDate, QLocale

from desktop.marks import Mark
from engine.films.tags import TagsEnd
from engine.model.heatmap import Ramp
from engine.model.zones import Zone
from engine.reasons import Note, Reason

_CONTEXT = "words"

_MARK_WORDS = {
    Mark.POSITIVE: QT_TRANSLATE_NOOP("words", "Signs of pneumonia"),
    Mark.UNCERTAIN: QT_TRANSLATE_NOOP("words", "Uncertain: review first"),
    Mark.NEGATIVE: QT_TRANSLATE_NOOP("words", "No signs of pneumonia found"),
    Mark.NOT_SCORED: QT_TRANSLATE_NOOP("words", "Not scored"),
}
_SHORT_MARK_WORDS = {
    Mark.POSITIVE: QT_TRANSLATE_NOOP("words", "signs"),
    Mark.UNCERTAIN: QT_TRANSLATE_NOOP("words", "uncertain"),
    Mark.NEGATIVE: QT_TRANSLATE_NOOP("words", "none found"),
    Mark.NOT_SCORED: QT_TRANSLATE_NOOP("words", "not scored"),
}
_CAUTIONS = {
    Note.AGE_OUTSIDE_TRAINING: QT_TRANSLATE_NOOP("words", "age outside training"),
    Note.MODEL_UNSIGNED: QT_TRANSLATE_NOOP("words", "unsigned model"),
}
_SHORT_CAUTIONS = {
    Note.AGE_OUTSIDE_TRAINING: QT_TRANSLATE_NOOP("words", "other age"),
    Note.MODEL_UNSIGNED: QT_TRANSLATE_NOOP("words", "unsigned"),
}
_SHORT_REASONS = {
    "not_found": QT_TRANSLATE_NOOP("words", "not there"),
    "no_permission": QT_TRANSLATE_NOOP("words", "no access"),
    "empty_file": QT_TRANSLATE_NOOP("words", "empty file"),
    "not_an_image": QT_TRANSLATE_NOOP("words", "no picture"),
    "unsupported_encoding": QT_TRANSLATE_NOOP("words", "unknown packing"),
    "corrupt_pixels": QT_TRANSLATE_NOOP("words", "damaged"),
    "too_large": QT_TRANSLATE_NOOP("words", "too large"),
    "no_pixels": QT_TRANSLATE_NOOP("words", "no pixels"),
    "reader_crashed": QT_TRANSLATE_NOOP("words", "reader stopped"),
    "timed_out": QT_TRANSLATE_NOOP("words", "took too long"),
    "too_small": QT_TRANSLATE_NOOP("words", "too small"),
    "blank": QT_TRANSLATE_NOOP("words", "blank"),
    "multi_frame": QT_TRANSLATE_NOOP("words", "several pictures"),
    "wrong_modality": QT_TRANSLATE_NOOP("words", "not X-ray"),
    "wrong_body_part": QT_TRANSLATE_NOOP("words", "not the chest"),
    "not_a_chest_film": QT_TRANSLATE_NOOP("words", "not a chest"),
    "not_frontal": QT_TRANSLATE_NOOP("words", "side view"),
    "lungs_cut_off": QT_TRANSLATE_NOOP("words", "lungs cut off"),
}
_RAMPS = {
    Ramp.EMBER: QT_TRANSLATE_NOOP("words", "Violet to yellow"),
    Ramp.DUSK: QT_TRANSLATE_NOOP("words", "Blue to yellow"),
}
_ZONES = {
    Zone.RIGHT_UPPER: QT_TRANSLATE_NOOP("words", "Right upper zone"),
    Zone.RIGHT_MIDDLE: QT_TRANSLATE_NOOP("words", "Right middle zone"),
    Zone.RIGHT_LOWER: QT_TRANSLATE_NOOP("words", "Right lower zone"),
    Zone.LEFT_UPPER: QT_TRANSLATE_NOOP("words", "Left upper zone"),
    Zone.LEFT_MIDDLE: QT_TRANSLATE_NOOP("words", "Left middle zone"),
    Zone.LEFT_LOWER: QT_TRANSLATE_NOOP("words", "Left lower zone"),
}


def mark_words(mark: Mark) -> str:
    """The band in words, as a reader sees it beside the film."""
    return _translated(_MARK_WORDS[mark])


def short_mark_word(mark: Mark) -> str:
    """The band in a word or two, for the work list."""
    return _translated(_SHORT_MARK_WORDS[mark])


def short_reason(reason: Reason) -> str:
    """Why a film has no score, in a word or two. A reason that has no short word shows its code."""
    known = _SHORT_REASONS.get(reason.value)
    return _translated(known) if known else reason.value.replace("_", " ")


def caution_words(notes: Sequence[Note]) -> str:
    """What has to stand beside the band itself, since one must not rely on it as it is; empty for most films."""
    return ", ".join(_translated(words) for note, words in _CAUTIONS.items() if note in notes)


def short_caution_words(notes: Sequence[Note]) -> str:
    """The same in a word or two, for the work list."""
    return ", ".join(_translated(words) for note, words in _SHORT_CAUTIONS.items() if note in notes)


def reason_sentence(reason: Reason) -> str:
    """Why a film has no score and what to do."""
    return _translated(reason.sentence)


def note_sentence(note: Note) -> str:
    """What to know about a scored film."""
    return _translated(note.sentence)


def tags_sentence(end: TagsEnd) -> str:
    """What to know about the tags of a file; empty where they are whole."""
    return _translated(end.sentence) if end.sentence else ""


def zone_words(zone: Zone) -> str:
    """A third of a lung, the patient's right and left."""
    return _translated(_ZONES[zone])


def ramp_words(ramp: Ramp) -> str:
    """The colours of heat."""
    return _translated(_RAMPS[ramp])


def two_digits(probability: float) -> str:
    """A probability with two digits; one that would round to certainty says on which side of it it lies."""
    if probability >= 0.995:
        return ">0.99"
    return "<0.01" if probability < 0.005 else f"{probability:.2f}"


def age_words(age_years: float | None) -> str:
    """An age as read beside a film: months below two years, then whole years; a dash where unknown."""
    if age_years is None:
        return "–"
    if age_years < 2:
        return _translated(QT_TRANSLATE_NOOP("words", "{count} mo")).format(count=int(age_years * 12))
    return _translated(QT_TRANSLATE_NOOP("words", "{count} y")).format(count=int(age_years))


def day_words(moment: date) -> str:
    """A day as people here write it."""
    return QLocale().toString(QDate(moment.year, moment.month, moment.day), QLocale.FormatType.ShortFormat)


def _translated(source: object) -> str:
    return QCoreApplication.translate(_CONTEXT, str(source))
