"""The gate: may this film be scored, and what is to be noted of it? From its tags, then from its grey values."""

from __future__ import annotations

import re

import numpy as np

from engine.errors import FilmRejectedError
from engine.films.exposure import is_badly_exposed
from engine.films.film import OpenFilm, Radiograph
from engine.films.lettering import has_lettering
from engine.reasons import Note, Reason

MIN_SIDE = 96
_MIN_CONTRAST = 0.05
# Projection radiography: computed and digital radiography, and film digitised or captured (PS3.3 C.7.3.1.1.1).
# `OT` could be anything and is not among them.
_XRAY_MODALITIES = frozenset({"CR", "DX", "DR", "RG", "XR", "SC"})
_CHEST_WORDS = re.compile(r"CHEST|CXR|TH?ORAX|TORACE|POITRINE|KIFUA|LUNG|RIB|PULM")
# Other parts (PS3.16 annex L), where the rest of the tag is in another script and cannot be judged.
_OTHER_PARTS = re.compile(
    r"ABDOM|ANKLE|BREAST|CLAVICLE|ELBOW|EXTREMITY|FEMUR|FINGER|FOOT|HAND|HEAD|HIP|KNEE|KNIE|LEG|NECK|PELVIS|"
    r"SHOULDER|SKULL|SPINE|WRIST"
)
_NOT_FRONTAL_VIEWS = frozenset({"LL", "RL", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO"})
_NOT_FRONTAL_WORDS = re.compile(r"LAT|OBL")


def check_facts(film: OpenFilm) -> None:
    """Refuse, before any pixel is decoded, what its tags say must not be scored.

    A tag that is absent refuses nothing, and of several values each may refuse.

    Raises:
        FilmRejectedError: `multi_frame`, `wrong_modality`, `wrong_body_part`, `not_frontal` or `too_small`.
    """
    facts, stated = film.facts, film.stated
    if not all(_is_xray(text) for text in stated.modality):
        raise FilmRejectedError(Reason.WRONG_MODALITY)
    if facts.frames > 1:
        raise FilmRejectedError(Reason.MULTI_FRAME)
    if any(_is_other_part(text) for text in stated.body_part):
        raise FilmRejectedError(Reason.WRONG_BODY_PART)
    if any(_is_not_frontal(text) for text in stated.view_position):
        raise FilmRejectedError(Reason.NOT_FRONTAL)
    if min(facts.rows, facts.columns) < MIN_SIDE:
        raise FilmRejectedError(Reason.TOO_SMALL)


def _is_xray(modality: str) -> bool:
    """Whether it names projection radiography and nothing else; one that cannot be read does not."""
    return bool(words := _words(modality)) and _XRAY_MODALITIES.issuperset(words)


def _is_other_part(body_part: str) -> bool:
    if _CHEST_WORDS.search(body_part):
        return False
    return bool(_words(body_part)) if body_part.isascii() else bool(_OTHER_PARTS.search(body_part))


def _is_not_frontal(view: str) -> bool:
    words = _words(view)
    named = not _NOT_FRONTAL_VIEWS.isdisjoint((*words, "".join(words)))
    return named or _NOT_FRONTAL_WORDS.search(view) is not None


def _words(text: str) -> list[str]:
    """The letters and figures between whatever a device or a person put around them."""
    return re.findall(r"[A-Z0-9]+", text)


def check_pixels(film: Radiograph) -> None:
    """Refuse what the pixels show to be no film.

    Raises:
        FilmRejectedError: `not_a_chest_film` for a coloured picture, `blank` for one without content.
    """
    if film.coloured:
        raise FilmRejectedError(Reason.NOT_A_CHEST_FILM)
    low, high = np.percentile(film.pixels[::4, ::4], [2.0, 98.0])
    if high - low < _MIN_CONTRAST:
        raise FilmRejectedError(Reason.BLANK)


def notes_of_pixels(film: Radiograph) -> tuple[Note, ...]:
    """What the pixels give cause to note: `exposure`, `burned_in_text`."""
    notes = []
    if is_badly_exposed(film.pixels):
        notes.append(Note.EXPOSURE)
    if has_lettering(film.pixels):
        notes.append(Note.BURNED_IN_TEXT)
    return tuple(notes)
