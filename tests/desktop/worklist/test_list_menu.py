from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.settings import SettingsFile
from desktop.worklist.columns import Column
from engine.paths import data_folder
from engine.reasons import Reason
from engine.results.columns import RowFilter
from engine.results.store import Store
from engine.screening.case import Band

_LEFT = Qt.MouseButton.LeftButton


def _order(window: MainWindow) -> list[int]:
    model = window.room.worklist.model
    return [result.index for row in range(model.rowCount()) if (result := model.result_at(row)) is not None]


def _choose(window: MainWindow, words: str) -> None:
    """Take the item of the open menus of the list that starts so."""
    menus = (window.actions_of_menus.reasons_menu, window.actions_of_menus.saved_menu)
    menus += (window.actions_of_menus.forget_menu, window.actions_of_menus.order_menu)
    (action,) = [action for menu in menus for action in menu.actions() if action.text().startswith(words)]
    action.trigger()


def _filter_words(window: MainWindow) -> str:
    button = window.findChild(QToolButton, "filterButton")
    assert isinstance(button, QToolButton)
    return button.text()


def test_slash_searches_files_and_patient_keys_and_escape_ends_it(reopened: MainWindow, qtbot: QtBot) -> None:
    worklist = reopened.room.worklist
    qtbot.keyClick(worklist.view, Qt.Key.Key_Slash)
    assert worklist.search.hasFocus()
    qtbot.keyClicks(worklist.search, "FILM-000003")
    assert _order(reopened) == [3]
    worklist.search.clear()
    qtbot.keyClicks(worklist.search, "0000000005")
    assert _order(reopened) == [5]
    qtbot.keyClick(worklist.search, Qt.Key.Key_Return)
    assert worklist.view.hasFocus()
    chosen = worklist.view.chosen()
    assert chosen is not None
    assert chosen.index == 5
    qtbot.keyClick(worklist.view, Qt.Key.Key_Slash)
    qtbot.keyClick(worklist.search, Qt.Key.Key_Escape)
    assert worklist.view.hasFocus()
    assert len(_order(reopened)) == 8
    assert worklist.view.chosen() == chosen


def test_films_are_filtered_by_reason_and_shown_again(reopened: MainWindow, qtbot: QtBot) -> None:
    actions = reopened.actions_of_menus
    actions.reasons_menu.aboutToShow.emit()
    assert [action.text() for action in actions.reasons_menu.actions()] == ["side view  (1)"]
    _choose(reopened, "side view")
    assert _order(reopened) == [7]
    assert _filter_words(reopened) == "side view"
    qtbot.keyClick(reopened.room.worklist.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert len(_order(reopened)) == 8
    assert _filter_words(reopened) == "All films"


def test_a_list_that_nothing_passes_says_how_to_see_all(reopened: MainWindow, qtbot: QtBot) -> None:
    view = reopened.room.worklist.view
    empty = view.viewport().grab().toImage()
    qtbot.keyClick(view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert _order(reopened) == []
    told = view.viewport().grab().toImage()
    reopened.room.worklist.start_new()
    assert told != view.viewport().grab().toImage()
    assert told != empty


def test_the_list_is_sorted_by_menu_and_by_heading(reopened: MainWindow, qtbot: QtBot) -> None:
    header = reopened.room.worklist.view.horizontalHeader()
    _choose(reopened, "File")
    assert _order(reopened) == list(range(8))
    _choose(reopened, "File")
    assert _order(reopened) == list(reversed(range(8)))
    for expected in (list(range(8)), [6, 5, 4, 3, 2, 1, 0, 7]):
        left = header.sectionViewportPosition(Column.PROBABILITY)
        point = header.viewport().rect().center()
        point.setX(left + header.sectionSize(Column.PROBABILITY) // 2)
        qtbot.mouseClick(header.viewport(), _LEFT, pos=point)
        assert _order(reopened) == expected
    checked = [action.text() for action in reopened.actions_of_menus.order_menu.actions() if action.isChecked()]
    assert checked == ["P"]


def test_counts_filter_when_clicked_and_stay_the_same(reopened: MainWindow, qtbot: QtBot) -> None:
    worklist = reopened.room.worklist
    buttons = {name: worklist.findChild(type(worklist.counts.children()[1]), f"count_{name}") for name in Band}
    qtbot.mouseClick(buttons[Band.UNCERTAIN], _LEFT)
    assert _order(reopened) == [4, 5, 6][: len(_order(reopened))]
    assert worklist.filter.rows == RowFilter(bands=frozenset({Band.UNCERTAIN}))
    qtbot.mouseClick(buttons[Band.POSITIVE], _LEFT)
    assert worklist.filter.rows == RowFilter(bands=frozenset({Band.POSITIVE}))
    assert [button.isChecked() for button in buttons.values()] == [True, False, False]
    qtbot.mouseClick(buttons[Band.POSITIVE], _LEFT)
    assert len(_order(reopened)) == 8


def test_a_filter_is_saved_under_a_name_used_and_forgotten(reopened: MainWindow, qtbot: QtBot) -> None:
    worklist, actions = reopened.room.worklist, reopened.actions_of_menus
    assert not actions.save_filter.isEnabled()
    wished = RowFilter(read=False, bands=frozenset({Band.POSITIVE}))
    worklist.filter.set_rows(wished)
    offered: list[str] = []

    def type_a_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        box = dialog.findChild(QLineEdit)
        assert isinstance(box, QLineEdit)
        offered.append(box.text())
        box.clear()
        qtbot.keyClicks(box, "Ward & night")
        qtbot.keyClick(box, Qt.Key.Key_Return)

    QTimer.singleShot(300, type_a_name)
    actions.save_filter.trigger()
    assert offered == ["Unread, signs"]
    qtbot.waitUntil(actions.forget_menu.isEnabled, timeout=5000)
    with Store() as store:
        assert store.filters.all() == {"Ward & night": wished}
    actions.show_all.trigger()
    actions.saved_menu.actions()[0].trigger()
    assert worklist.filter.rows == wished
    assert actions.unread_only.isChecked()
    actions.forget_menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: not actions.forget_menu.isEnabled(), timeout=5000)
    assert worklist.filter.rows == wished


def test_a_reason_with_others_shows_all_of_them(reopened: MainWindow) -> None:
    worklist = reopened.room.worklist
    reopened.actions_of_menus.reasons_menu.aboutToShow.emit()
    _choose(reopened, "side view")
    reopened.actions_of_menus.reasons_menu.aboutToShow.emit()
    assert worklist.filter.rows.reasons == frozenset({Reason.NOT_FRONTAL})
    _choose(reopened, "side view")
    assert worklist.filter.rows == RowFilter()


def test_studies_stand_together_by_key_and_so_the_next_time(reopened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(reopened.room.worklist.view, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert reopened.actions_of_menus.group_by_study.isChecked()
    reopened.close()
    assert SettingsFile(data_folder()).load().studies_together
