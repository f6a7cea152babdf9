"""The menus and their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop.plain import without_key
from engine.results.verdicts import Verdict


class Actions(QObject):
    """Makes the menus of a window. What a menu item does is given to it by the window."""

    recent_chosen = Signal(Path)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.all: list[QAction] = []
        bar = window.menuBar()
        self._file = bar.addMenu(self.tr("&File"))
        self.view_menu = bar.addMenu(self.tr("&View"))
        self.film_menu = bar.addMenu(self.tr("Fil&m"))
        self.verdict_menu = bar.addMenu(self.tr("V&erdict"))
        self.list_menu = bar.addMenu(self.tr("&List"))
        self.tools_menu = bar.addMenu(self.tr("&Tools"))
        self._help = bar.addMenu(self.tr("&Help"))
        make = self.make
        self.open_folder = make(self._file, "openFolder", self.tr("Open &folder…"), "Ctrl+O")
        self.open_files = make(self._file, "openFiles", self.tr("Open f&iles…"), "Ctrl+Shift+O")
        self.samples = make(self._file, "samples", self.tr("&Sample films"))
        self._recent = self._file.addMenu(self.tr("&Recent folders"))
        self._file.addSeparator()
        self.default_age = make(self._file, "defaultAge", self.tr("&Age where a film tells none…"))
        self.prevalence = make(self._file, "prevalence", self.tr("&Pneumonia among your films…"))
        self._file.addSeparator()
        self.export = make(self._file, "export", self.tr("&Export CSV…"), "Ctrl+E")
        self.export_copies = make(self._file, "exportCopies", self.tr("Export &anonymised copies…"))
        self.settings = make(self._file, "settings", self.tr("Se&ttings…"), "Ctrl+,")
        self._file.addSeparator()
        self.quit = make(self._file, "quit", self.tr("&Quit"), "Ctrl+Q")
        self.full_screen = make(self.view_menu, "fullScreen", self.tr("F&ull screen"), "F11", checkable=True)
        self.show_list = make(self.view_menu, "showList", self.tr("&Work list"), "Ctrl+1", checkable=True)
        self.show_case = make(self.view_menu, "showCase", self.tr("&Case panel"), "Ctrl+2", checkable=True)
        self.theme_menu = self.view_menu.addMenu(self.tr("Light or da&rk"))
        self.next = make(self.film_menu, "next", self.tr("&Next film"), "J")
        self.previous = make(self.film_menu, "previous", self.tr("&Previous film"), "K")
        self.next_unread = make(self.film_menu, "nextUnread", self.tr("Read, and ne&xt unread film"), "Space")
        self.film_menu.addSeparator()
        self.flag = make(self.film_menu, "flag", self.tr("F&lag"), "F", checkable=True)
        self.read = make(self.film_menu, "read", self.tr("Rea&d"), "U", checkable=True)
        self.tags = make(self.film_menu, "tags", self.tr("&Tags…"), "Ctrl+T")
        self.film_menu.addSeparator()
        self.undo = make(self.film_menu, "undo", self.tr("&Undo"), "Ctrl+Z")
        self.redo = make(self.film_menu, "redo", self.tr("&Do again"), "Ctrl+Shift+Z", "Ctrl+Y")
        self._fill_verdict_menu()
        self._fill_list_menu()
        self.classroom = make(self.tools_menu, "classroom", self.tr("&Classroom and agreement…"), "Ctrl+R")
        self.install_model = make(self.tools_menu, "installModel", self.tr("&Install a model…"))
        self.roll_back = make(self.tools_menu, "rollBack", self.tr("&Back to the model before…"))
        self.back_up = make(self.tools_menu, "backUp", self.tr("Back &up everything…"))
        self.restore = make(self.tools_menu, "restore", self.tr("&Restore a backup…"))
        self.lock_now = make(self.tools_menu, "lockNow", self.tr("&Lock the screen"), "Ctrl+Shift+L")
        self.lock_settings = make(self.tools_menu, "lockSettings", self.tr("&PIN for the lock…"))
        self.keys = make(self._help, "keys", self.tr("&Keys"), "F1")
        self.card = make(self._help, "card", self.tr("About the &model"))
        self.self_test = make(self._help, "selfTest", self.tr("&Self-test"))
        self.crashes = make(self._help, "crashes", self.tr("&Crash reports…"))
        self.about = make(self._help, "about", self.tr("&About Mapafu"))

    def show_recent(self, folders: Sequence[str], *, enabled: bool) -> None:
        """List the folders screened last."""
        self._recent.clear()
        self._recent.setEnabled(enabled and bool(folders))
        for folder in folders:
            action = self._recent.addAction(without_key(folder))
            action.triggered.connect(lambda _checked=False, name=folder: self.recent_chosen.emit(Path(name)))

    def set_screening_possible(self, possible: bool) -> None:
        """Whether films can be opened at all."""
        for action in (self.open_folder, self.open_files, self.samples, self.card):
            action.setEnabled(possible)

    def _fill_verdict_menu(self) -> None:
        menu, make = self.verdict_menu, self.make
        words = {
            Verdict.PNEUMONIA: self.tr("&Pneumonia"),
            Verdict.NO_PNEUMONIA: self.tr("&No pneumonia"),
            Verdict.OTHER_FINDING: self.tr("&Other finding"),
            Verdict.CANNOT_TELL: self.tr("&Cannot tell"),
        }
        self.verdicts = {
            verdict: make(menu, f"verdict_{verdict}", words[verdict], str(key)) for key, verdict in enumerate(words, 1)
        }
        for action in self.verdicts.values():
            action.setAutoRepeat(False)  # a key held down would judge film after film
        self.note = make(menu, "note", self.tr("No&te to the verdict"), "T")
        menu.addAction(self.undo)
        menu.addSeparator()
        self.read_blind = make(menu, "readBlind", self.tr("Read &blind"), "Ctrl+B", checkable=True)
        self.readers_menu = menu.addMenu(self.tr("&Who is reading"))

    def _fill_list_menu(self) -> None:
        menu, make = self.list_menu, self.make
        self.search = make(menu, "search", self.tr("&Search"), "/", "Ctrl+F")
        menu.addSeparator()
        self.unread_only = make(menu, "unreadOnly", self.tr("&Unread films only"), "Shift+U", checkable=True)
        self.read_only = make(menu, "readOnly", self.tr("&Read films only"), checkable=True)
        self.flagged_only = make(menu, "flaggedOnly", self.tr("&Flagged films only"), "Shift+F", checkable=True)
        self.reasons_menu = menu.addMenu(self.tr("&Not scored because"))
        self.show_all = make(menu, "showAll", self.tr("Show &all films"), "Ctrl+L")
        menu.addSeparator()
        self.saved_menu = menu.addMenu(self.tr("Sa&ved filters"))
        self.save_filter = make(menu, "saveFilter", self.tr("Save &this filter…"))
        self.forget_menu = menu.addMenu(self.tr("F&orget a filter"))
        menu.addSeparator()
        self.order_menu = menu.addMenu(self.tr("So&rt by"))
        self.group_by_study = make(
            menu, "groupByStudy", self.tr("Films of one study to&gether"), "Ctrl+G", checkable=True
        )
        menu.addSeparator()
        self.delete_film = make(menu, "deleteFilm", self.tr("&Delete this film from the kept results…"))
        self.delete_patient = make(menu, "deletePatient", self.tr("Delete all films of this &patient…"))
        self.delete_list = make(menu, "deleteList", self.tr("Delete this &list…"))

    def make(self, menu: QMenu, name: str, words: str, *keys: str, checkable: bool = False) -> QAction:
        """A new item of a menu; its keys work also while the menu bar is hidden."""
        action = QAction(words, self._window)
        action.setObjectName(f"action_{name}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(checkable)
        menu.addAction(action)
        self._window.addAction(action)
        self.all.append(action)
        return action


def connect_all(pairs: Sequence[tuple[QAction, Callable[[], object]]]) -> None:
    """Let each action do its work, without the flag that Qt hands along."""
    for action, work in pairs:
        action.triggered.connect(lambda _checked=False, work=work: work())
