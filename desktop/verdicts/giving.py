"""Hands verdicts and notes on to be kept, as steps that can be undone, and knows what is not kept yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from PySide6.QtGui import QUndoStack

from desktop.bookkeeper import GivenVerdict
from desktop.keeper import Keeper
from desktop.verdicts.given import VerdictGiven
from desktop.verdicts.notes import NoteDrafts
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict


@dataclass(frozen=True, slots=True)
class ChosenFilm:
    """A film that verdicts can be given on, with its place in the list it is of.

    Attributes:
        film_id: The store's number; below zero where the store does not know it.
        session_id: None where the list is not kept.
    """

    film_id: int
    case_index: int
    session_id: int | None

    @property
    def is_kept(self) -> bool:
        """Whether what is said of it can be kept."""
        return self.film_id >= 0 and self.session_id is not None


class Giving:
    """What one reader gives.

    Attributes:
        notes: What was typed and is not known to be kept.
    """

    def __init__(
        self,
        keeper: Keeper,
        history: QUndoStack,
        *,
        mode: Callable[[int], ReadingMode],
        go_to: Callable[[int], object],
    ) -> None:
        """`mode` says how a verdict on a film counts that is given now; `go_to` chooses a film by its case index."""
        self._keeper, self._history, self._mode, self._go_to = keeper, history, mode, go_to
        self._tickets = count(1)
        self._owed: dict[int, GivenVerdict] = {}
        self.notes = NoteDrafts()

    def give(self, verdict: Verdict, film: ChosenFilm, reader: Reader) -> None:
        """Give a verdict, with the note that was typed; where none was, the one that is kept stays."""
        self._push(film, reader, verdict, self.notes.take(film.film_id))

    def give_note(self, film: ChosenFilm, reader: Reader, *, kept: str | None) -> None:
        """Give the note that was typed to the verdict that stands, or that is about to be kept.

        Nothing happens where it is handed on already, or is the one that is kept; None where that is not known.
        """
        note = self.notes.take_new(film.film_id, kept)
        if note is not None:
            self._push(film, reader, None, note)

    def owes(self, film_id: int) -> bool:
        """Whether something was given on a film and is not known to be kept."""
        return film_id in self._owed

    def hear(self, own: ReaderVerdict) -> GivenVerdict | None:
        """Take in what is kept of the reader on a film; what was given, where this was waited for."""
        self.notes.settle(own.film_id, own.note)
        given = self._owed.get(own.film_id)
        if given is None or given.verdict not in (None, own.verdict) or given.note not in (None, own.note):
            return None
        return self._owed.pop(own.film_id)

    def start_anew(self) -> None:
        """Wait for nothing any more, for another reader or another store."""
        self._owed.clear()
        self.notes.clear()

    def _push(self, film: ChosenFilm, reader: Reader, verdict: Verdict | None, note: str | None) -> None:
        assert film.session_id is not None
        self._owed[film.film_id] = given = GivenVerdict(
            ticket=next(self._tickets),
            reader=reader,
            verdict=verdict,
            film_id=film.film_id,
            session_id=film.session_id,
            note=note,
            mode=self._mode(film.film_id),
        )
        self._history.push(
            VerdictGiven(
                self._keeper,
                given,
                mode=lambda: self._mode(film.film_id),
                go_back=lambda: self._go_to(film.case_index),
            )
        )
