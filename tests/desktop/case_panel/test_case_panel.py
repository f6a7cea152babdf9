from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.case_panel.case_panel import CasePanel
from desktop.case_panel.probability_bar import ProbabilityBar
from engine.reasons import Note, Reason
from engine.screening.case import CaseResult, CaseStatus
from tests.desktop.builders import make_scored, make_unscored


def _panel(qtbot: QtBot, result: CaseResult) -> CasePanel:
    panel = CasePanel()
    qtbot.addWidget(panel)
    panel.resize(296, 700)
    panel.show_result(result, prevalence=0.5)
    panel.show()
    return panel


def _text(panel: CasePanel, name: str) -> str:
    label = panel.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def test_the_bands_in_words(dressed: object, qtbot: QtBot) -> None:
    said = [_text(_panel(qtbot, make_scored(0, p)), "bandWords") for p in (0.9, 0.5, 0.1)]
    assert said == ["Signs of pneumonia", "Uncertain: review first", "No signs of pneumonia found"]


def test_a_scored_film_shows_its_notes_and_what_is_experimental(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.93, notes=(Note.AGE_UNKNOWN,)))
    assert _text(panel, "notes") == Note.AGE_UNKNOWN.sentence
    assert _text(panel, "probability") == "0.93"
    assert "about 93" in _text(panel, "frequency")
    assert _text(panel, "experimental") == "experimental"
    assert _text(panel, "reason") == ""


def test_kinds_of_pneumonia_are_not_told_where_none_was_found(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.03))
    assert _text(panel, "kinds") == ""


def test_a_film_without_a_score_shows_its_reason_and_no_number(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_unscored(0, Reason.NOT_FRONTAL, CaseStatus.REJECTED))
    assert _text(panel, "bandWords") == "Not scored"
    assert _text(panel, "reason") == Reason.NOT_FRONTAL.sentence
    assert not panel.score_box.isVisible()


def test_the_bar_can_be_read_aloud(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.93))
    bar = panel.findChild(ProbabilityBar)
    assert isinstance(bar, ProbabilityBar)
    assert bar.accessibleName() == "Probability 0.93; uncertain from 0.20 to 0.60, divided at 0.40"
