from pytestqt.qtbot import QtBot

from desktop.welcome import Welcome


def test_a_warning_is_seen_and_everything_can_be_tried(qtbot: QtBot) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    welcome.show()
    welcome.show_warning("The disk is nearly full.")
    assert welcome.warning.isVisible()
    assert welcome.warning.text() == "The disk is nearly full."
    assert welcome.folder_button.isEnabled()
    assert welcome.samples_button.isEnabled()
