from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.verdicts.panel import VerdictPanel
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict


def _entry(number: int, verdict: Verdict = Verdict.PNEUMONIA, note: str = "") -> ReaderVerdict:
    return ReaderVerdict(
        verdict_id=number,
        film_id=1,
        session_id=1,
        reader=Reader(number, f"R{number}"),
        verdict=verdict,
        note=note,
        mode=ReadingMode.OPEN,
        at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
        supersedes=None,
        undoes=None,
    )


@pytest.fixture
def panel(dressed: object, qtbot: QtBot) -> VerdictPanel:
    made = VerdictPanel()
    qtbot.addWidget(made)
    made.resize(284, 240)
    made.show()
    return made


def _said(panel: VerdictPanel) -> QLabel:
    label = panel.findChild(QLabel, "verdictsSaid")
    assert isinstance(label, QLabel)
    return label


def test_many_readers_and_long_notes_leave_the_panel_small(panel: VerdictPanel) -> None:
    panel.show_verdicts([_entry(number, note="word " * 100) for number in range(1, 13)], None)
    lines = _said(panel).text().split("\n")
    assert [line[:4] for line in lines] == ["R12:", "R11:", "R10:", "and "]
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "and 9 more"
    assert panel.sizeHint().height() < 400
    for whole in (_said(panel).toolTip(), _said(panel).accessibleName()):
        assert whole.count("word") == 1200


def test_a_note_is_shown_letter_by_letter(panel: VerdictPanel) -> None:
    panel.show_verdicts([_entry(1, note="<b>rib</b> &amp;")], None)
    assert _said(panel).text() == "R1: Pneumonia – <b>rib</b> &amp;"
    assert _said(panel).textFormat() is Qt.TextFormat.PlainText
    assert "&lt;b&gt;rib" in _said(panel).toolTip()


def test_a_click_lights_nothing_until_the_verdict_is_kept(panel: VerdictPanel, qtbot: QtBot) -> None:
    button = panel.buttons[Verdict.OTHER_FINDING]
    with qtbot.waitSignal(panel.verdict_pressed, timeout=2000) as pressed:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed.args == [Verdict.OTHER_FINDING]
    assert not button.isChecked()
    entry = _entry(1, Verdict.OTHER_FINDING)
    panel.show_verdicts([entry], entry)
    assert button.isChecked()


def test_every_control_can_be_read_aloud_and_reached_by_tab(panel: VerdictPanel) -> None:
    names = [button.accessibleName() for button in panel.buttons.values()]
    assert names == ["Pneumonia", "No pneumonia", "Other finding", "Cannot tell"]
    controls = (*panel.buttons.values(), panel.note, panel.reader_button, panel.initials.box, panel.initials.button)
    for control in controls:
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert control.accessibleName() or control.property("text")
