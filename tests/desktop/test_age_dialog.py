import pytest
from pytestqt.qtbot import QtBot

from desktop.age_dialog import AgeDialog


@pytest.mark.parametrize("age", [None, 0, 4, 120])
def test_the_age_comes_back_as_it_was_set(dressed: object, qtbot: QtBot, age: int | None) -> None:
    dialog = AgeDialog(age)
    qtbot.addWidget(dialog)
    assert dialog.age_years == age
    assert (dialog.years.text() == "not known") is (age is None)


def test_below_the_youngest_the_age_is_not_known(dressed: object, qtbot: QtBot) -> None:
    dialog = AgeDialog(0)
    qtbot.addWidget(dialog)
    dialog.years.stepDown()
    assert dialog.age_years is None
