"""The composition root: everything is built here once and handed on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.crash.guard import CrashGuard
from desktop.crash.native import NativeCrashes
from desktop.keeper import Keeper
from desktop.main_window import MainWindow
from desktop.one_window import NoAnswerError, OneWindow
from desktop.settings import SettingsFile
from desktop.theme import DARK, dress
from engine.diagnostics.events import Event
from engine.diagnostics.log import note, open_log
from engine.errors import ModelError
from engine.machine import find_shortage
from engine.model.pack import ModelPack, load_pack
from engine.paths import data_folder, resource
from engine.version import __version__


def run(names: Sequence[str], *, close_when_painted: bool = False) -> int:
    """Open the window, screen the files and folders named, and return the exit status when it is closed.

    Where a window is open on the same data folder, that one is handed the paths.
    """
    application = QApplication(["mapafu"])
    prepare_application(application)
    open_log()
    paths = [Path(name).absolute() for name in names if name]
    one_window = OneWindow(data_folder())
    try:
        if not one_window.claim(paths):
            return 0
    except NoAnswerError:
        sys.stderr.write("Mapafu is open already and does not answer. Close it, or wait, and start again.\n")
        return 1
    try:
        return _run_first(application, one_window, paths, close_when_painted=close_when_painted)
    finally:
        one_window.close()


def _run_first(
    application: QApplication, one_window: OneWindow, paths: Sequence[Path], *, close_when_painted: bool
) -> int:
    note(Event.PROGRAM_STARTED)
    guard = CrashGuard()
    guard.install()
    with NativeCrashes() as crashes:
        window = build_window()
        shortage = find_shortage(data_folder())
        if shortage is not None:
            window.welcome.show_warning(shortage)
        guard.told.connect(window.say)
        one_window.paths_handed.connect(window.screen_paths)
        one_window.paths_handed.connect(window.lock.bring_forward)
        window.lock.open()
        if close_when_painted:
            _close_when_painted(window)
        if crashes.found:
            window.say(window.tr("Mapafu ended unexpectedly last time. Help, Crash reports, says where it was."))
        if paths:
            QTimer.singleShot(0, window, lambda: window.screen_paths(paths))
        _let_ctrl_c_close(window)
        status = application.exec()
    guard.uninstall()
    note(Event.PROGRAM_ENDED)
    return status


def prepare_application(application: QApplication) -> None:
    """Name and dress the program."""
    application.setApplicationName("mapafu")
    application.setApplicationDisplayName("Mapafu")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("mapafu")
    icon = resource("icons/mapafu.svg")
    if icon.exists():
        application.setWindowIcon(QIcon(str(icon)))
    dress(application, DARK)


def build_window(model: Path | None = None) -> MainWindow:
    """The window with its model and settings. Where the model cannot be used, the window says so.

    Args:
        model: The model file, by default the bundled one.
    """
    pack: ModelPack | None = None
    problem = ""
    try:
        pack = load_pack(model)
    except ModelError as error:
        problem = error.sentence
    return MainWindow(pack, SettingsFile(data_folder()), Keeper(), model_problem=problem)


def _close_when_painted(window: MainWindow) -> None:
    first = window.lock.screen or window
    while not first.windowHandle().isExposed():
        QApplication.processEvents()
    first.grab()
    QTimer.singleShot(0, window.close)


def _let_ctrl_c_close(window: MainWindow) -> None:
    """Close in good order on Ctrl-C: Python sees a signal only when it runs, hence the slow heartbeat.

    The signal may come in the middle of painting, where a window must not go away, so closing waits for its turn.
    """
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window.close))
    heartbeat = QTimer(window)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(500)
