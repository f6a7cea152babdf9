"""Earlier films of the same patient: found in the store, and offered in the viewer with their dates."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from desktop.keeper import Keeper
from desktop.reading_room import ReadingRoom
from desktop.verdicts.blind_mode import BlindMode
from desktop.verdicts.desk import VerdictDesk
from desktop.viewer.viewer import OtherFilm
from desktop.words import day_words
from desktop.worklist.columns import short_name
from engine.results.results import StoredResult
from engine.screening.case import CaseResult, CaseStatus


class EarlierFilms(QObject):
    """Asks for them whenever another film is chosen. While answers are hidden, theirs are too."""

    def __init__(self, room: ReadingRoom, keeper: Keeper, blind: BlindMode, desk: VerdictDesk) -> None:
        super().__init__(room)
        self._room, self._keeper, self._blind, self._desk = room, keeper, blind, desk
        self._film_id: int | None = None
        self._found: Sequence[StoredResult] = ()
        room.case_chosen.connect(self._ask)
        keeper.earlier_found.connect(self._take)
        blind.changed.connect(self._offer)
        room.viewer.comparing_changed.connect(self._note_answer)

    def _ask(self, result: CaseResult | None) -> None:
        row = self._room.worklist.view.currentIndex().row()
        film_id = self._room.worklist.model.film_id_at(row) if result is not None else None
        if film_id != self._film_id:
            self._film_id, self._found = film_id, ()
            if film_id is not None and film_id >= 0:
                self._keeper.find_earlier(film_id)

    def _take(self, film_id: int, found: Sequence[StoredResult]) -> None:
        if film_id == self._film_id:
            self._found = [film for film in found if film.result.status is not CaseStatus.FAILED]
            self._offer()

    def _offer(self) -> None:
        self._room.viewer.offer_others([self._as_other(film.result) for film in self._found])

    def _as_other(self, result: CaseResult) -> OtherFilm:
        taken = result.facts.acquired_at if result.facts is not None else None
        date = day_words(taken) if taken is not None else self.tr("no date")
        score = None if self._blind.on else result.score
        return OtherFilm(result.path, f"{date} · {short_name(result.file)}", score)

    def _note_answer(self, comparing: bool) -> None:
        other = self._room.viewer.other
        if comparing and other is not None and other.score is not None:
            seen = [film.film_id for film in self._found if film.result.path == other.path]
            self._desk.note_answers_seen(seen)
