"""Deleting films, patients and lists from what is kept: asked once, done for good, and gone from the list at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from desktop.actions import Actions, connect_all
from desktop.confirm import confirm
from desktop.keeper import Keeper
from desktop.list_session import ListSession
from desktop.reading_room import ReadingRoom
from desktop.worklist.columns import short_name
from engine.results.deletion import Deleted


class Deleting(QObject):
    """Joins the items of the list's menus with the store. Nothing is deleted while films come in.

    Signals:
        list_deleted: The list that is shown is kept no more.
    """

    said = Signal(str)
    list_deleted = Signal()

    def __init__(
        self, actions: Actions, room: ReadingRoom, session: ListSession, keeper: Keeper, history: QUndoStack
    ) -> None:
        super().__init__(room)
        self._actions, self._room, self._session = actions, room, session
        self._worklist, self._keeper, self._history = room.worklist, keeper, history
        self._items = (actions.delete_film, actions.delete_patient, actions.delete_list)
        view = room.worklist.view
        self.menu = QMenu(view)
        self.menu.addActions(self._items)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        actions.list_menu.aboutToShow.connect(self._show_possible)
        connect_all(
            [
                (actions.delete_film, self._ask_film),
                (actions.delete_patient, self._ask_patient),
                (actions.delete_list, self._ask_list),
            ]
        )
        keeper.film_deleted.connect(lambda film_id, deleted: self._take_away({film_id}, deleted))
        keeper.patient_deleted.connect(
            lambda key, deleted: self._take_away(self._worklist.model.films_of_patient(key), deleted)
        )
        keeper.session_deleted.connect(self._leave_list)
        self._show_possible()

    def _open_menu(self, place: QPoint) -> None:
        self._show_possible()
        self.menu.popup(self._worklist.view.viewport().mapToGlobal(place))

    def _show_possible(self) -> None:
        kept = self._session.session_id is not None and not self._session.busy
        film = kept and self._film_id >= 0
        for action, possible in zip(self._items, (film, film and bool(self._patient_key), kept), strict=True):
            action.setEnabled(possible)

    @property
    def _film_id(self) -> int:
        row = self._worklist.view.currentIndex().row()
        return self._worklist.model.film_id_at(row) if row >= 0 else -1

    @property
    def _patient_key(self) -> str | None:
        result = self._worklist.view.chosen()
        return result.patient_key if result is not None else None

    def _ask_film(self) -> None:
        result = self._worklist.view.chosen()
        if result is not None and self._film_id >= 0:
            self._ask(
                self.tr("Delete {file} from the kept results?").format(file=short_name(result.file)),
                self.tr("Its results in every list, the verdicts of all readers and its marks go."),
                partial(self._keeper.delete_film, self._film_id),
            )

    def _ask_patient(self) -> None:
        key = self._patient_key
        if key:
            count = len(self._worklist.model.films_of_patient(key))
            self._ask(
                self.tr("Delete all films of this patient from the kept results?"),
                self.tr(
                    "Their results in every list, the verdicts of all readers and their marks go. "
                    "Films of this patient in this list: {count}."
                ).format(count=count),
                partial(self._keeper.delete_patient, key),
            )

    def _ask_list(self) -> None:
        session_id = self._session.session_id
        if session_id is not None:
            self._ask(
                self.tr("Delete this list from the kept results?"),
                self.tr(
                    "Its results ({count}), the verdicts that all readers gave in it, and the marks of films "
                    "that are in no other list go."
                ).format(count=self._worklist.model.total),
                partial(self._keeper.delete_session, session_id),
            )

    def _ask(self, question: str, what_goes: str, delete: Callable[[], None]) -> None:
        stays = self.tr("The film files stay where they are, and backups keep what they hold.")
        for_good = self.tr("This cannot be undone, nor can what you did before it.")
        confirm(
            self._worklist.window(),
            title=self.tr("Delete from the kept results"),
            question=question,
            details=f"{what_goes}\n\n{stays}\n\n{for_good}",
            yes=self.tr("Delete"),
            no=self.tr("Keep"),
            then=lambda: self._delete(delete),
        )

    def _delete(self, delete: Callable[[], None]) -> None:
        if self._session.busy:
            self.said.emit(self.tr("Films are being screened. Wait for them, then delete."))
            return
        self._history.clear()
        delete()

    def _take_away(self, film_ids: set[int], deleted: Deleted) -> None:
        self._history.clear()  # it may hold what was done meanwhile
        view, row = self._worklist.view, self._worklist.view.currentIndex().row()
        if self._room.viewer.comparing:
            self._room.viewer.stop_comparing()
        self._worklist.model.remove(film_ids)
        if view.chosen() is None:
            view.choose_row(min(row, self._worklist.model.rowCount() - 1))
        self._session.tell_total()
        self.said.emit(self._words(deleted))

    def _leave_list(self, session_id: int, deleted: Deleted) -> None:
        if session_id == self._session.session_id:
            self.list_deleted.emit()
        self.said.emit(self._words(deleted))

    def _words(self, deleted: Deleted) -> str:
        words = self.tr("Deleted for good: results {results}, verdicts {verdicts}.")
        return words.format(results=deleted.results, verdicts=deleted.verdicts)
