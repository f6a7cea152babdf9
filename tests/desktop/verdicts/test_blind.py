from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.marks import Mark
from desktop.theme import DARK
from desktop.viewer.heat_style import HeatStyle
from desktop.words import mark_words, reason_sentence, short_mark_word, short_reason, two_digits
from desktop.worklist.columns import ANSWERS, Column
from engine.reasons import Note, Reason
from engine.results.columns import RowFilter
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Reader, ReadingMode, Verdict
from engine.screening.case import Band, CaseResult
from tests.desktop.conftest import open_last
from tests.desktop.verdicts.conftest import PROBABILITIES, REJECTED
from tests.desktop.verdicts.reading import (
    KEYS,
    PATIENCE,
    chosen,
    give_initials,
    judge,
    look_at,
    panel_words,
    press,
    said,
    sit_down,
    switch_blind,
    undo,
)

_ROLES = [*range(14), *(Qt.ItemDataRole.UserRole + more for more in range(4))]
_SECRETS = (
    [two_digits(probability) for probability in PROBABILITIES]
    + [mark_words(mark) for mark in Mark]
    + [short_mark_word(mark) for mark in Mark]
    + [short_reason(Reason.NOT_FRONTAL), reason_sentence(Reason.NOT_FRONTAL)]
    + [Note.AGE_UNKNOWN.sentence, Note.AGE_OUTSIDE_TRAINING.sentence, "age outside training", "about 97", "bacterial"]
)


def _order(window: MainWindow) -> list[int]:
    model = window.room.worklist.model
    return [result.index for row in range(model.rowCount()) if (result := model.result_at(row)) is not None]


def _words_of_widgets(window: MainWindow) -> Iterable[str]:
    """Everything that the visible parts of the window say, show when pointed at or read aloud."""
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible():
            told = (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
            yield from (*told, widget.accessibleName(), widget.accessibleDescription())
            for property_name in ("text", "title", "placeholderText"):
                yield str(widget.property(property_name) or "")
    for action in window.findChildren(QAction):
        if action.isVisible():
            yield from (action.text(), action.toolTip(), action.statusTip())


def _words_read_aloud(window: MainWindow) -> Iterable[str]:
    """Everything that a screen reader finds in the window, cell by cell."""
    found = [QAccessible.queryAccessibleInterface(window)]
    while found:
        part = found.pop()
        if part is None or part.state().invisible:
            continue
        for kind in (
            QAccessible.Text.Name,
            QAccessible.Text.Description,
            QAccessible.Text.Value,
            QAccessible.Text.Help,
        ):
            yield part.text(kind)
        found += [part.child(number) for number in range(part.childCount())]


def _words_of_model(window: MainWindow, rows: Iterable[int]) -> Iterable[str]:
    """Everything that rows say in any role, in hidden columns too."""
    model = window.room.worklist.model
    for row in rows:
        for column in Column:
            for role in _ROLES:
                yield str(model.index(row, column).data(role) or "")
            yield model.text(row, column)


def _secrets_in(words: Iterable[str]) -> set[str]:
    said = "\n".join(words).casefold()
    return {secret for secret in _SECRETS if secret.casefold() in said}


def _has_band_colours(widget: QWidget) -> bool:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    seen = {image.pixel(x, y) & 0xFFFFFF for x in range(image.width()) for y in range(image.height())}
    return bool(seen & {int(colour[1:], 16) for colour in (DARK.positive, DARK.uncertain, DARK.negative)})


def _is_grey(widget: QWidget) -> bool:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = {image.pixel(x, y) & 0xFFFFFF for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    return all(pixel >> 16 == pixel >> 8 & 0xFF == pixel & 0xFF for pixel in pixels)


@pytest.fixture
def blind(kept: list[CaseResult], window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The list, opened by AB while reading blind, with the heat switched on."""
    window.room.viewer.heat_bar.set_heat(shown=True, opacity=0.9)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    open_last(window, qtbot)
    sit_down(qtbot, window, "AB")
    return window


def test_nothing_of_the_window_tells_an_answer(blind: MainWindow, qtbot: QtBot) -> None:
    assert blind.actions_of_menus.read_blind.isChecked()
    sign = blind.findChild(QLabel, "blindSign")
    assert isinstance(sign, QLabel)
    assert sign.isVisible()
    for index in (1, 2, REJECTED):
        look_at(qtbot, blind, index)
        assert _secrets_in(_words_of_widgets(blind)) == set()
        assert _secrets_in(_words_read_aloud(blind)) == set()
        assert index == 1 or not _has_band_colours(blind)  # a note stands beside a line of that colour
        assert _is_grey(blind.room.viewer.film)
    assert _secrets_in(_words_of_model(blind, range(6))) == set()
    assert panel_words(blind, "bandWords") == "Hidden until your verdict"
    assert panel_words(blind, "notes") == ""
    look_at(qtbot, blind, 1)
    assert panel_words(blind, "notes") == Note.BURNED_IN_TEXT.sentence  # of the picture, not of the score


def test_the_same_search_finds_the_answers_where_they_are_shown(reopened: MainWindow, qtbot: QtBot) -> None:
    reopened.room.viewer.heat_bar.set_heat(shown=True, opacity=0.9)
    look_at(qtbot, reopened, 1)
    assert {"0.97", "Signs of pneumonia", "bacterial"} <= _secrets_in(_words_of_widgets(reopened))
    assert {"0.97", "Signs of pneumonia", "none found", "side view"} <= _secrets_in(_words_read_aloud(reopened))
    in_rows = _secrets_in(_words_of_model(reopened, range(7)))
    assert {two_digits(probability) for probability in PROBABILITIES} <= in_rows
    assert {"signs", "uncertain", "none found", "side view"} <= in_rows
    assert _has_band_colours(reopened)
    assert not _is_grey(reopened.room.viewer.film)


def test_switching_it_on_hides_what_was_in_sight(reopened: MainWindow, qtbot: QtBot) -> None:
    worklist, actions = reopened.room.worklist, reopened.actions_of_menus
    reopened.room.viewer.heat_bar.set_style(HeatStyle(shown=True, opacity=0.9, lungs_shown=True))
    look_at(qtbot, reopened, 4)
    worklist.view.sortByColumn(Column.PROBABILITY, Qt.SortOrder.DescendingOrder)
    worklist.filter.change(bands=frozenset({Band.UNCERTAIN}))
    assert _order(reopened) == [4, 0]
    assert not _is_grey(reopened.room.viewer.film)
    switch_blind(qtbot, reopened)
    assert chosen(reopened) == 4
    assert _order(reopened) == list(range(7))
    assert _secrets_in(_words_of_widgets(reopened)) == set()
    assert not _has_band_colours(reopened)
    assert _is_grey(reopened.room.viewer.film)
    assert not actions.show_all.isEnabled()
    assert reopened.bottom_bar.message.startswith("Answers are hidden until your verdict.")


def test_rows_are_in_the_order_they_were_found_and_sort_and_filter_by_no_answer(
    blind: MainWindow, qtbot: QtBot
) -> None:
    worklist, actions = blind.room.worklist, blind.actions_of_menus
    assert _order(blind) == list(range(7))
    assert all(worklist.view.isColumnHidden(column) for column in ANSWERS)
    assert not worklist.counts.isVisible()
    assert not actions.reasons_menu.menuAction().isVisible()
    offered = [action.text() for action in actions.order_menu.actions() if action.isVisible()]
    assert offered == ["As found", "File", "View", "Age", "Marks", "Taken"]
    for column in ANSWERS:
        worklist.view.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert _order(blind) == list(range(7))
    worklist.filter.set_rows(RowFilter(bands=frozenset({Band.POSITIVE}), search="film"))
    assert _order(blind) == list(range(7))
    assert worklist.filter.rows == RowFilter(search="film")


def test_the_answer_and_the_others_show_after_the_verdict_and_for_that_film_alone(
    blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    with Store(own_home / FILE_NAME) as store:
        film_id = blind.room.worklist.model.film_id_at(1)
        session_id = blind.session.session_id
        assert session_id is not None
        store.verdicts.give(
            Verdict.OTHER_FINDING, film_id=film_id, session_id=session_id, reader=store.verdicts.reader("CD")
        )
    look_at(qtbot, blind, 0)
    look_at(qtbot, blind, 1)
    qtbot.wait(300)
    assert panel_words(blind, "verdictsSaid") == ""
    judge(qtbot, blind, 1, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    assert said(own_home, 1) == [("CD", "other_finding", "open", ""), ("AB", "pneumonia", "blind", "")]
    assert chosen(blind) == 1  # one looks at the answer before one goes on
    assert panel_words(blind, "verdictsSaid") == "AB: Pneumonia, blind\nCD: Other finding"
    assert panel_words(blind, "probability") == "0.97"
    assert not _is_grey(blind.room.viewer.film)
    assert _secrets_in(_words_of_model(blind, [0, 2, 3, 4, 5])) == set()
    press(qtbot, blind, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: blind.room.viewer.film.has_film, timeout=PATIENCE)
    assert chosen(blind) == 2
    assert _secrets_in(_words_of_widgets(blind)) == set()
    assert _is_grey(blind.room.viewer.film)


def test_a_verdict_changed_after_the_answer_was_seen_is_open_and_the_blind_one_stays(
    blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, blind, 1, Verdict.NO_PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    judge(qtbot, blind, 1, Verdict.PNEUMONIA)
    assert said(own_home, 1) == [("AB", "pneumonia", "open", "")]
    with Store(own_home / FILE_NAME) as store:
        session_id = blind.session.session_id
        assert session_id is not None
        (entry,) = store.verdicts.standing(session_id, ReadingMode.BLIND)
    assert entry.verdict is Verdict.NO_PNEUMONIA


def test_an_undone_verdict_hides_the_answer_again_and_the_next_one_is_open(
    blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, blind, 1, Verdict.NO_PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    undo(qtbot, blind)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Hidden until your verdict", timeout=PATIENCE)
    assert said(own_home) == []
    assert panel_words(blind, "verdictHint") == "You have seen this answer before: your verdict counts as open."
    judge(qtbot, blind, 1, Verdict.NO_PNEUMONIA)
    assert said(own_home) == [("AB", "no_pneumonia", "open", "")]


def test_what_a_reader_has_seen_counts_as_open_and_is_blind_for_the_next_one(
    reopened: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    look_at(qtbot, reopened, 1)
    reopened.room.worklist.view.viewport().grab()  # every row was on the screen
    switch_blind(qtbot, reopened)
    press(qtbot, reopened, KEYS[Verdict.PNEUMONIA])
    give_initials(qtbot, reopened, "AB")  # who looked at the list without initials was this one
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "pneumonia", "open", "")], timeout=PATIENCE)
    judge(qtbot, reopened, 4, Verdict.PNEUMONIA)  # never chosen before, but its row was there
    assert said(own_home, 4) == [("AB", "pneumonia", "open", "")]
    sit_down(qtbot, reopened, "CD")
    assert panel_words(reopened, "bandWords") == "Hidden until your verdict"
    assert panel_words(reopened, "verdictsSaid") == ""
    judge(qtbot, reopened, 4, Verdict.CANNOT_TELL)
    assert said(own_home, 4) == [("AB", "pneumonia", "open", ""), ("CD", "cannot_tell", "blind", "")]


def test_a_film_read_on_an_earlier_day_counts_as_open(
    kept: list[CaseResult], window: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    with Store(own_home / FILE_NAME) as store:
        (session,) = store.sessions.newest(1)
        reader = store.verdicts.reader("AB")
        film_ids = {entry.result.index: entry.film_id for entry in store.results.of_session(session.session_id)}
        given = store.verdicts.give(
            Verdict.PNEUMONIA, film_id=film_ids[3], session_id=session.session_id, reader=reader
        )
        store.verdicts.take_back(given.verdict_id)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    open_last(window, qtbot)
    sit_down(qtbot, window, "AB")
    judge(qtbot, window, 3, Verdict.PNEUMONIA)
    judge(qtbot, window, 4, Verdict.PNEUMONIA)
    assert said(own_home) == [("AB", "pneumonia", "open", ""), ("AB", "pneumonia", "blind", "")]


def test_space_passes_a_film_without_calling_it_read(blind: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, blind, 0)
    press(qtbot, blind, Qt.Key.Key_Space)
    assert chosen(blind) == 1
    assert not blind.history.canUndo()


def test_films_that_come_while_one_reads_blind_are_blind(
    window: MainWindow, qtbot: QtBot, samples: Path, own_home: Path
) -> None:
    assert window.screening is not None
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    films = sorted(samples.glob("phantom-0[123].jpg"))
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screen_paths(films)
    sit_down(qtbot, window, "AB")
    assert _order(window) == [0, 1, 2]
    assert window.bottom_bar.numbers == "3 films"
    for result in window.room.worklist.model.results:
        assert result.score is not None
        assert two_digits(result.score.probability) not in "\n".join(_words_of_widgets(window))
    judge(qtbot, window, 1, Verdict.PNEUMONIA)
    assert said(own_home) == [("AB", "pneumonia", "blind", "")]


def test_a_complete_blind_reading_is_told_once(blind: MainWindow, qtbot: QtBot) -> None:
    completed: list[Reader] = []
    blind.verdicts.blind_reading_completed.connect(completed.append)
    assert blind.verdicts.blind_films_left == 6  # the file that could not be read needs none
    for index in range(6):
        assert completed == []
        judge(qtbot, blind, index, Verdict.CANNOT_TELL)
        qtbot.waitUntil(lambda left=5 - index: blind.verdicts.blind_films_left == left, timeout=PATIENCE)
    assert [reader.initials for reader in completed] == ["AB"]


def test_a_film_that_is_lost_does_not_keep_a_reading_from_its_end(
    kept: list[CaseResult], blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    completed: list[Reader] = []
    blind.verdicts.blind_reading_completed.connect(completed.append)
    kept[3].path.unlink()
    blind.room.worklist.view.choose_case(3)
    qtbot.waitUntil(lambda: blind.room.viewer.has_lost_film, timeout=PATIENCE)
    words = "This film cannot be shown now. Look again (F5), find the film, or give “Cannot tell”."
    assert panel_words(blind, "verdictHint") == words
    buttons = blind.room.case_panel.verdicts.buttons
    assert [verdict for verdict, button in buttons.items() if button.isEnabled()] == [Verdict.CANNOT_TELL]
    press(qtbot, blind, KEYS[Verdict.PNEUMONIA])
    assert blind.bottom_bar.message == words
    press(qtbot, blind, KEYS[Verdict.CANNOT_TELL])
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "cannot_tell", "blind", "")], timeout=PATIENCE)
    for index in (0, 1, 2, 4, 5):
        assert completed == []
        judge(qtbot, blind, index, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: [reader.initials for reader in completed] == ["AB"], timeout=PATIENCE)
    assert blind.classroom.page.isVisible()


def _label_as_normal(window: MainWindow, home: Path) -> int:
    """No film of the list shows pneumonia; the number of the list."""
    session_id = window.session.session_id
    assert session_id is not None
    with Store(home / FILE_NAME) as store:
        store.references.keep(session_id, {result.file: False for result in window.room.worklist.model.results})
    return session_id


def test_the_classroom_has_no_score_before_the_last_verdict(blind: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    _label_as_normal(blind, own_home)
    blind.room.worklist.view.setFocus()
    qtbot.keyClick(blind.room.worklist.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    page = blind.classroom.page
    for index in range(6):
        left = 6 - index
        words = "1 film is left." if left == 1 else f"{left} films are left."
        qtbot.waitUntil(lambda words=words: words in page.text.toPlainText(), timeout=PATIENCE)
        assert page.text.toPlainText().startswith(words)
        assert not page.mistakes.isVisible()
        if left == 1:
            page.close()
        blind.activateWindow()
        qtbot.waitUntil(blind.isActiveWindow, timeout=PATIENCE)
        judge(qtbot, blind, index, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: page.isVisible() and "You" in page.text.toPlainText(), timeout=PATIENCE)
    assert "The score comes with your last verdict" not in page.text.toPlainText()
    assert page.mistakes.isVisible()


def test_a_film_that_the_classroom_listed_as_gone_wrong_counts_as_seen(
    blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    session_id, model = _label_as_normal(blind, own_home), blind.room.worklist.model
    with Store(own_home / FILE_NAME) as store:
        reader = store.verdicts.reader("CD")
        store.verdicts.give(Verdict.PNEUMONIA, film_id=model.film_id_at(3), session_id=session_id, reader=reader)
    blind.room.worklist.search.setText("film-0")  # the list shows no answer but this one
    switch_blind(qtbot, blind)
    blind.actions_of_menus.classroom.trigger()
    page = blind.classroom.page
    qtbot.waitUntil(page.mistakes.isVisible, timeout=PATIENCE)
    listed = [page.mistakes.topLevelItem(row).text(3) for row in range(page.mistakes.topLevelItemCount())]
    assert listed == ["films/film-3.png"]
    page.close()
    switch_blind(qtbot, blind)
    blind.room.worklist.filter.clear()
    judge(qtbot, blind, 3, Verdict.NO_PNEUMONIA)
    judge(qtbot, blind, 4, Verdict.NO_PNEUMONIA)
    assert said(own_home, 3)[1:] == [("AB", "no_pneumonia", "open", "")]
    assert said(own_home, 4) == [("AB", "no_pneumonia", "blind", "")]


def test_an_export_says_that_it_holds_the_answers(blind: MainWindow, qtbot: QtBot) -> None:
    assert blind.bottom_bar.export_button.text() == "Export CSV with answers…"
    assert blind.actions_of_menus.export.text() == "&Export CSV with answers…"
    switch_blind(qtbot, blind)
    assert blind.bottom_bar.export_button.text() == "Export CSV…"


def test_leaving_it_brings_everything_back(blind: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, blind, 1)
    switch_blind(qtbot, blind)
    worklist = blind.room.worklist
    assert _order(blind) == [1, 3, 4, 0, 2, 5, 6]
    assert worklist.counts.isVisible()
    assert not worklist.view.isColumnHidden(Column.PROBABILITY)
    assert panel_words(blind, "bandWords") == "Signs of pneumonia"
    assert blind.bottom_bar.numbers == "7 films · 2 not scored"
    sign = blind.findChild(QLabel, "blindSign")
    assert isinstance(sign, QLabel)
    assert not sign.isVisible()


def test_a_film_kept_beside_goes_away_with_its_heat(reopened: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: reopened.room.viewer.beside.has_film, timeout=PATIENCE)
    switch_blind(qtbot, reopened)
    assert not reopened.room.viewer.beside.isVisible()


def test_an_undone_verdict_puts_the_same_film_beside_away_too(blind: MainWindow, qtbot: QtBot) -> None:
    judge(qtbot, blind, 1, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    press(qtbot, blind, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: blind.room.viewer.beside.has_film, timeout=PATIENCE)
    assert not _is_grey(blind.room.viewer.beside)
    judge(qtbot, blind, 2, Verdict.PNEUMONIA)
    assert blind.room.viewer.beside.isVisible()
    undo(qtbot, blind)
    undo(qtbot, blind)
    qtbot.waitUntil(lambda: not blind.room.viewer.beside.isVisible(), timeout=PATIENCE)


def test_the_next_reader_finds_nothing_that_the_one_before_left(
    blind: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, blind, 1, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    press(qtbot, blind, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: blind.room.viewer.beside.has_film, timeout=PATIENCE)
    look_at(qtbot, blind, 2)
    qtbot.keyClicks(blind.room.case_panel.verdicts.note, "surely ill")
    sit_down(qtbot, blind, "CD")
    assert not blind.room.viewer.beside.isVisible()
    assert blind.room.case_panel.verdicts.note.text() == ""
    look_at(qtbot, blind, 1)
    qtbot.wait(300)
    assert _secrets_in(_words_of_widgets(blind)) == set()
    assert "AB: " not in "\n".join(_words_of_widgets(blind))


def test_a_verdict_that_could_not_be_kept_shows_no_answer(blind: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, blind, 1)
    qtbot.wait(300)  # what was asked of the store is done
    other = sqlite3.connect(own_home / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    failures: list[str] = []
    blind._keeper.failed.connect(failures.append)
    press(qtbot, blind, KEYS[Verdict.PNEUMONIA])
    qtbot.waitUntil(lambda: len(failures) == 2, timeout=PATIENCE)  # the verdict, and the mark that the film is read
    other.execute("ROLLBACK")
    other.close()
    assert blind.bottom_bar.message == failures[0]
    assert panel_words(blind, "bandWords") == "Hidden until your verdict"
    assert not any(button.isChecked() for button in blind.room.case_panel.verdicts.buttons.values())
    judge(qtbot, blind, 1, Verdict.PNEUMONIA)
    assert said(own_home) == [("AB", "pneumonia", "blind", "")]


def test_a_blind_verdict_undone_and_done_again_counts_as_open(blind: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    judge(qtbot, blind, 1, Verdict.NO_PNEUMONIA)
    qtbot.waitUntil(lambda: panel_words(blind, "bandWords") == "Signs of pneumonia", timeout=PATIENCE)
    view = blind.room.worklist.view
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(own_home) == [], timeout=PATIENCE)
    qtbot.keyClick(view, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "no_pneumonia", "open", "")], timeout=PATIENCE)
