import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
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


def test_an_age_outside_training_stands_beside_the_band(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.03, notes=(Note.AGE_OUTSIDE_TRAINING,)))
    assert _text(panel, "caution") == "age outside training"
    panel.show_result(make_scored(1, 0.03, notes=(Note.AGE_UNKNOWN,)), prevalence=0.5)
    assert _text(panel, "caution") == ""


def test_kinds_of_pneumonia_are_not_told_where_none_was_found(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.03))
    assert _text(panel, "kinds") == ""


def test_notes_of_the_score_are_shown_with_their_sentences(dressed: object, qtbot: QtBot) -> None:
    result = make_scored(0, 0.93, notes=(Note.AGE_UNKNOWN,), heat_in_lungs=0.2, unlike_training=True)
    said = [Note.AGE_UNKNOWN.sentence, Note.UNLIKE_TRAINING.sentence, Note.HEAT_OUTSIDE_LUNGS.sentence]
    assert _text(_panel(qtbot, result), "notes").split("\n\n") == said


def test_a_film_unlike_the_training_films_is_uncertain_at_best(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.03, unlike_training=True))
    assert _text(panel, "bandWords") == "Uncertain: review first"
    assert _text(panel, "notes") == Note.UNLIKE_TRAINING.sentence


@pytest.mark.parametrize(("probability", "shown"), [(0.9, True), (0.5, True), (0.1, False)])
def test_extent_is_experimental_and_not_told_of_negative_films(
    dressed: object, qtbot: QtBot, probability: float, shown: bool
) -> None:
    panel = _panel(qtbot, make_scored(0, probability, extent=0.4))
    assert ("moderate" in _text(panel, "extent")) is shown
    assert (_text(panel, "experimental") == "experimental") is shown


def test_a_model_without_lungs_tells_no_extent(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.93, extent=0.4))
    panel.show_result(make_scored(1, 0.93), prevalence=0.5)
    assert _text(panel, "extent") == ""
    assert _text(panel, "kinds")


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


def test_the_frequency_follows_the_share_of_pneumonia_here(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.8))
    assert _text(panel, "frequency") == "Of 100 such films, about 80 show pneumonia."
    assert "the model card’s figure" in _text(panel, "prevalence")
    panel.score_box.set_prevalence_here(0.1)
    assert _text(panel, "frequency") == "Of 100 such films here, about 31 show pneumonia."
    assert "10 of 100 films do: your own figure" in _text(panel, "prevalence")
    assert _text(panel, "probability") == "0.80"
    panel.show_result(make_scored(1, 0.5), prevalence=0.5)
    assert _text(panel, "frequency") == "Of 100 such films here, about 10 show pneumonia."
    panel.score_box.set_prevalence_here(None)
    assert _text(panel, "frequency") == "Of 100 such films, about 50 show pneumonia."


def test_a_score_of_another_model_gets_no_frequency(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.8))
    panel.show_result(make_scored(1, 0.8), prevalence=None)
    assert _text(panel, "frequency") == ""
    assert "Another model" in _text(panel, "prevalence")
    panel.score_box.set_prevalence_here(0.1)
    assert _text(panel, "frequency") == ""


@pytest.mark.parametrize("note", [Note.AGE_OUTSIDE_TRAINING, Note.UNLIKE_TRAINING])
def test_a_film_beyond_the_model_gets_no_frequency(dressed: object, qtbot: QtBot, note: Note) -> None:
    panel = _panel(qtbot, make_scored(0, 0.8, notes=(note,)))
    assert _text(panel, "frequency") == ""
    assert _text(panel, "prevalence").startswith("How often such films show pneumonia is not known")
    panel.show_result(make_scored(1, 0.8, notes=(Note.AGE_UNKNOWN,)), prevalence=0.5)
    assert "about 80" in _text(panel, "frequency")


def test_links_below_ask_for_tags_and_for_the_card(dressed: object, qtbot: QtBot) -> None:
    panel = _panel(qtbot, make_scored(0, 0.8))
    for name, asked in (("tagsButton", panel.tags_asked), ("cardButton", panel.card_asked)):
        button = panel.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        with qtbot.waitSignal(asked, timeout=1000):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
