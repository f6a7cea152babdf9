"""Blind reading: every answer is out of sight until the reader's own verdict on its film is in."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from desktop.actions import Actions
from desktop.header import Header
from desktop.progress_bar import BottomBar
from desktop.reading_room import ReadingRoom
from desktop.worklist.list_menu import ListMenu


class BlindMode(QObject):
    """Hides and shows answers.

    The list itself hands out results without their answers, so that panel, viewer and rows have none to show. What
    counts, sorts, filters or tells about answers apart from results is taken away here.
    """

    changed = Signal(bool)

    def __init__(
        self, actions: Actions, room: ReadingRoom, list_menu: ListMenu, header: Header, bottom_bar: BottomBar
    ) -> None:
        super().__init__(room)
        self._actions, self._room, self._list_menu = actions, room, list_menu
        self._header, self._bottom_bar = header, bottom_bar
        self._on = False
        self._answered: frozenset[int] = frozenset()
        actions.read_blind.toggled.connect(self._switch)

    @property
    def on(self) -> bool:
        """Whether answers are hidden."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Hide the answers of every film, or show them again."""
        self._actions.read_blind.setChecked(on)

    def show_answers_of(self, films: Collection[int]) -> None:
        """Show the answers of these films, by their number in the store, and of no others.

        Where that hides one again, the film kept beside goes: it may be the same one.
        """
        if self._on:
            before, self._answered = self._answered, frozenset(films)
            if before - self._answered:
                self._put_beside_away()
            self._room.worklist.model.hide_answers(self._answered)

    def change_reader(self, films: Collection[int]) -> None:
        """Show the answers of these films, those of another reader, and nothing that is left of the one before."""
        if self._on:
            self._put_beside_away()
            self.show_answers_of(films)

    def _put_beside_away(self) -> None:
        """The film beside has heat of its own."""
        if self._room.viewer.comparing:
            self._room.viewer.stop_comparing()

    def _switch(self, on: bool) -> None:
        self._on = on
        self._put_beside_away()
        self._room.worklist.set_blind(on)
        self._list_menu.set_blind(on)
        self._header.set_blind(on)
        self._bottom_bar.set_blind(on)
        self._actions.export.setText(self.tr("&Export CSV with answers…") if on else self.tr("&Export CSV…"))
        self.changed.emit(on)
