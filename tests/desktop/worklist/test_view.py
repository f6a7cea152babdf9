from pytestqt.qtbot import QtBot

from desktop.worklist.columns import Column
from desktop.worklist.worklist import Worklist
from engine.model.card import PointsByAge
from engine.reasons import Note
from engine.results.marks import MarkKind
from tests.builders import make_point
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


def test_what_has_to_stand_beside_a_band_is_painted_below_it(dressed: object, qtbot: QtBot) -> None:
    """In the list at its narrowest, and only for the film that it is said of."""
    worklist = Worklist()
    qtbot.addWidget(worklist)
    worklist.resize(280, 400)
    worklist.show()
    worklist.add([make_scored(0, 0.1, age=10.0, notes=(Note.AGE_OUTSIDE_TRAINING,)), make_scored(1, 0.05)])
    worklist.model.refresh()
    cells = [worklist.view.visualRect(worklist.model.index(row, Column.BAND)) for row in (0, 1)]
    counts = []
    for cell in cells:
        below = worklist.view.viewport().grab(cell.adjusted(28, cell.height() // 2, 0, 0)).toImage()
        pixels = [below.pixelColor(x, y) for x in range(below.width()) for y in range(below.height())]
        counts.append(sum(pixel.red() - pixel.blue() > 100 for pixel in pixels))
    assert counts[0] > 20
    assert counts[1] == 0


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


def _top(worklist: Worklist) -> tuple[int, int]:
    """The film at the top of what is seen, and how far its row reaches above it."""
    view = worklist.view
    index = view.indexAt(view.viewport().rect().topLeft())
    result = worklist.model.result_at(index.row())
    assert result is not None
    return result.index, view.visualRect(index).top()


def test_what_is_read_stays_in_sight_where_the_chosen_row_is_not(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    worklist.view.choose_row(0)
    worklist.view.verticalScrollBar().setValue(50 * 32 + 13)
    before = _top(worklist)
    worklist.add([make_scored(200 + index, 0.9) for index in range(30)])
    worklist.model.refresh()
    assert _top(worklist) == before


def test_the_end_of_the_list_stays_in_sight_as_rows_come_above(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    bar = worklist.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=2000)
    bar.setValue(bar.maximum())
    before = _top(worklist)
    worklist.add([make_scored(200 + index, 0.9) for index in range(30)])
    worklist.model.refresh()
    assert _top(worklist) == before
    assert bar.value() == bar.maximum()


def test_the_chosen_row_stays_where_it_is_as_read_films_go(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 100)
    worklist.filter.change(read=False)
    view, model = worklist.view, worklist.model
    view.choose_row(50)
    before = view.visualRect(view.currentIndex()).top()
    chosen = view.chosen()
    told: list[object] = []
    view.case_chosen.connect(told.append)
    for row in range(20):
        model.put_mark(MarkKind.READ, model.film_id_at(row), on=True)
    model.refresh()
    assert model.rowCount() == 80
    assert view.chosen() is chosen
    assert view.currentIndex().row() == 30
    assert view.visualRect(view.currentIndex()).top() == before
    assert told == []


def test_another_operating_point_is_told_of_the_chosen_film(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 10)
    worklist.view.choose_row(0)
    with qtbot.waitSignal(worklist.case_chosen, timeout=1000) as told:
        worklist.judge_at(PointsByAge(make_point("strict", 0.05, 0.08, 0.09)))
    assert told.args is not None
    assert told.args[0].score.operating_point.name == "strict"


def test_names_have_room_in_a_narrow_list(dressed: object, qtbot: QtBot) -> None:
    worklist = _shown(qtbot, 3)
    view = worklist.view
    for width, hidden in ((280, {Column.VIEW, Column.AGE}), (400, set()), (760, set())):
        worklist.resize(width, 400)
        shown = {column for column in Column if not view.isColumnHidden(column)}
        assert not hidden & shown
        assert sum(view.columnWidth(column) for column in shown) <= view.viewport().width()
        assert view.columnWidth(Column.FILE) >= 64
    assert Column.REASON in shown
