from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider
from pytestqt.qtbot import QtBot

from desktop.viewer.heat_bar import HeatBar
from desktop.viewer.heat_style import HeatStyle
from engine.model.zones import Zone
from engine.screening.case import Score
from tests.desktop.builders import make_scored


@pytest.fixture
def bar(dressed: object, qtbot: QtBot) -> HeatBar:
    made = HeatBar()
    qtbot.addWidget(made)
    made.show()
    return made


def _score(**changes: object) -> Score:
    score = make_scored(0, 0.9).score
    assert score is not None
    return replace(score, **changes)  # type: ignore[arg-type]


def _label(bar: HeatBar, name: str) -> QLabel:
    label = bar.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label


def test_the_slider_sets_the_density(bar: HeatBar, qtbot: QtBot) -> None:
    bar.show_score(_score())
    slider = bar.findChild(QSlider, "heatOpacity")
    assert isinstance(slider, QSlider)
    with qtbot.waitSignal(bar.style_changed) as told:
        qtbot.keyClick(slider, Qt.Key.Key_End)
    assert told.args == [HeatStyle(opacity=1.0)]
    assert _label(bar, "heatPercent").text() == "100 %"


def test_heat_means_where_the_model_looked(bar: HeatBar) -> None:
    bar.show_score(_score(zone=Zone.LEFT_LOWER))
    bar.set_heat(shown=True, opacity=0.4)
    assert _label(bar, "heatMeaning").text() == ("Left lower zone: where the model looked, not the outline of a lesion")
    bar.show_score(_score())
    assert _label(bar, "heatMeaning").text() == "where the model looked, not the outline of a lesion"


@pytest.mark.parametrize(("share", "warned"), [(None, False), (0.5, False), (0.49, True)])
def test_heat_outside_the_lungs_is_warned_of_where_it_is_shown(bar: HeatBar, share: float | None, warned: bool) -> None:
    bar.show_score(_score(heat_in_lungs=share))
    bar.set_heat(shown=True, opacity=0.4)
    assert _label(bar, "heatWarning").isVisible() is warned
    bar.set_heat(shown=False, opacity=0.4)
    assert not _label(bar, "heatWarning").isVisible()


def test_a_film_without_a_score_has_no_heat(bar: HeatBar) -> None:
    bar.set_heat(shown=True, opacity=0.4)
    bar.show_score(None)
    assert not bar.heat_available
    assert _label(bar, "heatMeaning").text() == ""
