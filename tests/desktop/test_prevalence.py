from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.prevalence_dialog import PrevalenceDialog
from desktop.settings import SettingsFile
from engine.paths import data_folder


def _said(window: MainWindow, name: str) -> str:
    label = window.room.case_panel.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def _answer(qtbot: QtBot, window: MainWindow, digits: str, key: Qt.Key) -> None:
    """Click the link below the probability, type a number where it asks, and press a key."""

    def type_it() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PrevalenceDialog)
        qtbot.keyClicks(dialog.count, digits)
        qtbot.keyClick(dialog.count, key)

    link = window.findChild(QPushButton, "prevalenceButton")
    assert isinstance(link, QPushButton)
    QTimer.singleShot(0, type_it)
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)


def test_a_share_typed_in_is_counted_with_and_remembered(of_this_model: MainWindow, qtbot: QtBot) -> None:
    before = _said(of_this_model, "frequency")
    _answer(qtbot, of_this_model, "2", Qt.Key.Key_Return)
    after = _said(of_this_model, "frequency")
    assert before.startswith("Of 100 such films, about")
    assert after.startswith("Of 100 such films here, about")
    assert "2 of 100 films do: your own figure" in _said(of_this_model, "prevalence")
    _answer(qtbot, of_this_model, "50", Qt.Key.Key_Escape)
    assert _said(of_this_model, "frequency") == after
    of_this_model.close()
    assert SettingsFile(data_folder()).load().prevalence_percent == 2


def test_it_can_be_given_up_again(of_this_model: MainWindow, qtbot: QtBot) -> None:
    _answer(qtbot, of_this_model, "2", Qt.Key.Key_Return)
    _answer(qtbot, of_this_model, "0", Qt.Key.Key_Return)
    assert _said(of_this_model, "frequency").startswith("Of 100 such films, about")
    assert "the model card’s figure" in _said(of_this_model, "prevalence")


def test_a_list_of_another_model_gets_no_frequency(reopened: MainWindow) -> None:
    frequency = reopened.room.case_panel.findChild(QWidget, "frequency")
    assert isinstance(frequency, QWidget)
    assert not frequency.isVisible()
    assert "Another model" in _said(reopened, "prevalence")


def test_the_dialog_takes_1_to_99(dressed: object, qtbot: QtBot) -> None:
    dialog = PrevalenceDialog(None)
    qtbot.addWidget(dialog)
    assert dialog.percent is None
    for typed, kept in ((1, 1), (99, 99), (100, 99), (0, None)):
        dialog.count.setValue(typed)
        assert dialog.percent == kept
    assert dialog.findChild(QDialogButtonBox) is not None
