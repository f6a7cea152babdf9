from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QTextTable
from pytestqt.qtbot import QtBot

from desktop.text_page import TextPage

CARD = """# A model

## Limits

- It has `one`
- <b>and</b> <img src='file:///x'>

| Films | Count |
| --- | ---: |
| of children | 1,031 |

""" + "\n\n".join(f"Line {number}" for number in range(80))


@pytest.fixture
def page(dressed: object, qtbot: QtBot) -> TextPage:
    shown = TextPage("About the model")
    shown.set_markdown(CARD)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def test_it_opens_at_its_start_and_scrolls_by_keys(page: TextPage, qtbot: QtBot) -> None:
    bar = page.text.verticalScrollBar()
    assert bar.value() == 0
    qtbot.keyClick(page.text, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(page.text, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()


def test_its_words_can_be_taken_along_by_keys(page: TextPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert "of children" in copied
    assert "Line 79" in copied


def test_its_words_can_be_chosen_by_mouse(page: TextPage) -> None:
    assert page.text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


@pytest.mark.parametrize("focus", ["text", "closeButton"])
def test_escape_closes_it(dressed: object, qtbot: QtBot, focus: str) -> None:
    page = TextPage("Keys")
    page.set_html("<h1>Keys</h1>")
    with qtbot.waitExposed(page):
        page.show()
    target = page.text if focus == "text" else page.findChild(object, focus)
    with qtbot.waitSignal(page.destroyed, timeout=5000):
        qtbot.keyClick(target, Qt.Key.Key_Escape)


def test_tab_leads_from_the_text_to_the_button(page: TextPage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.text.hasFocus)
    qtbot.keyClick(page.text, Qt.Key.Key_Tab)
    focused = page.focusWidget()
    assert focused is not None
    assert focused.objectName() == "closeButton"


def test_markup_in_the_text_is_shown_as_it_stands(page: TextPage) -> None:
    assert "<b>and</b> <img src='file:///x'>" in page.text.toPlainText()


def test_headings_stand_out_and_numbers_stand_right(page: TextPage) -> None:
    title = page.text.document().begin()
    assert title.text() == "A model"
    assert title.begin().fragment().charFormat().fontPointSize() == 18.0
    section = title.next()
    assert section.begin().fragment().charFormat().fontWeight() == QFont.Weight.DemiBold
    (table,) = [frame for frame in page.text.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]
    for row in range(2):
        alignment = table.cellAt(row, 1).firstCursorPosition().blockFormat().alignment()
        assert alignment & Qt.AlignmentFlag.AlignRight
