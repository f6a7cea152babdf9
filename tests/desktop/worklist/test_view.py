from pytestqt.qtbot import QtBot

from desktop.worklist.worklist import Worklist
from tests.desktop.builders import make_scored


def _shown(qtbot: QtBot, count: int) -> Worklist:
    worklist = Worklist()
    qtbot.addWidget(worklist)
    worklist.resize(400, 400)
    worklist.show()
    worklist.add([make_scored(index, 0.3 + index / 1000) for index in range(count)])
    worklist.model.refresh()
    return worklist


def test_the_chosen_row_stays_where_it_is_as_others_come(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    view = worklist.view
    view.choose_row(50)
    before = view.visualRect(view.currentIndex()).top()
    chosen = view.chosen()
    worklist.add([make_scored(200 + index, 0.9) for index in range(30)])
    worklist.model.refresh()
    assert view.chosen() == chosen
    assert view.currentIndex().row() == 80
    assert view.visualRect(view.currentIndex()).top() == before


def test_the_head_of_the_list_stays_in_sight_where_nothing_is_chosen(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    worklist.add([make_scored(200, 0.99)])
    worklist.model.refresh()
    assert worklist.view.verticalScrollBar().value() == 0


def test_the_choice_survives_a_filter(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    worklist.view.choose_row(98)
    chosen = worklist.view.chosen()
    assert chosen is not None
    worklist.search.setText(chosen.file[-7:])
    assert worklist.view.chosen() == chosen
    worklist.search.clear()
    assert worklist.view.chosen() == chosen


def test_counts_filter_when_pressed(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    worklist.add([make_scored(300, 0.95)])
    button = worklist.counts.findChild(type(worklist.counts.children()[1]), "count_positive")
    button.click()
    assert worklist.model.rowCount() == 1
    button.click()
    assert worklist.model.rowCount() == 101
