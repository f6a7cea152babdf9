"""The gate: may this film be scored, and what is to be noted of it? From its tags, then from its grey values."""

from __future__ import annotations

import re

import numpy as np

from engine.errors import FilmRejectedError
from engine.films.exposure import is_badly_exposed
from engine.films.film import FilmFacts, Radiograph
from engine.films.lettering import has_lettering
from engine.reasons import Note, Reason

MIN_SIDE = 96
_MIN_CONTRAST = 0.05
# Projection radiography: computed and digital radiography, and film digitised or captured (PS3.3 C.7.3.1.1.1).
# `OT` could be anything and is not among them.
_XRAY_MODALITIES = frozenset({"CR", "DX", "DR", "RG", "XR", "SC"})
_CHEST_WORDS = re.compile(r"CHEST|THORAX|LUNG|RIB|PULM")
_NOT_FRONTAL_VIEWS = re.compile(r"LL|RL|LLD|RLD|LLO|RLO|LAO|RAO|LPO|RPO|.*LAT.*|.*OBL.*")


def check_facts(facts: FilmFacts) -> None:
    """Refuse, before any pixel is decoded, what its tags say must not be scored.

    A tag that is absent refuses nothing.

    Raises:
        FilmRejectedError: `multi_frame`, `wrong_modality`, `wrong_body_part`, `not_frontal` or `too_small`.
    """
    if facts.modality is not None and facts.modality.upper() not in _XRAY_MODALITIES:
        raise FilmRejectedError(Reason.WRONG_MODALITY)
    if facts.frames > 1:
        raise FilmRejectedError(Reason.MULTI_FRAME)
    if facts.body_part is not None and not _CHEST_WORDS.search(facts.body_part.upper()):
        raise FilmRejectedError(Reason.WRONG_BODY_PART)
    if facts.view_position is not None and _NOT_FRONTAL_VIEWS.fullmatch(facts.view_position.upper()):
        raise FilmRejectedError(Reason.NOT_FRONTAL)
    if min(facts.rows, facts.columns) < MIN_SIDE:
        raise FilmRejectedError(Reason.TOO_SMALL)


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
