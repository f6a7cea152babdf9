from __future__ import annotations

from desktop.bookkeeper import ReaderFilms
from desktop.verdicts.sitting import Sitting
from engine.results.verdicts import Reader, ReadingMode

_AB, _CD = Reader(1, "AB"), Reader(2, "CD")
_NONE: frozenset[int] = frozenset()


def _films(reader: Reader, known: frozenset[int] = _NONE) -> ReaderFilms:
    return ReaderFilms(reader=reader, judged=_NONE, known=known, read=_NONE)


def _modes(sitting: Sitting) -> list[ReadingMode]:
    return [sitting.mode(film_id, blind=True) for film_id in range(3)]


def test_who_gives_initials_has_seen_what_was_shown_before() -> None:
    sitting = Sitting()
    sitting.see({0})
    assert sitting.seat(_films(_AB, known=frozenset({2}))) is False
    assert _modes(sitting) == [ReadingMode.OPEN, ReadingMode.BLIND, ReadingMode.OPEN]


def test_what_one_reader_saw_the_next_one_did_not() -> None:
    sitting = Sitting()
    sitting.seat(_films(_AB))
    sitting.see({0})
    assert sitting.seat(_films(_CD)) is True
    sitting.see({1})
    assert _modes(sitting) == [ReadingMode.BLIND, ReadingMode.OPEN, ReadingMode.BLIND]
    sitting.seat(_films(_AB))
    assert _modes(sitting) == [ReadingMode.OPEN, ReadingMode.BLIND, ReadingMode.BLIND]


def test_without_blind_mode_every_verdict_is_open() -> None:
    assert Sitting().mode(0, blind=False) is ReadingMode.OPEN
