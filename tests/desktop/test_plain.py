from __future__ import annotations

import subprocess

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.plain import plain_tip
from tests.programs import command_of, environment


def test_no_label_of_the_window_takes_text_for_markup(qtbot: QtBot) -> None:
    window = build_window()
    qtbot.addWidget(window)
    labels = window.findChildren(QLabel)
    assert labels
    for label in labels:
        assert label.textFormat() is Qt.TextFormat.PlainText, label.objectName() or label.text()


def test_a_tooltip_shows_markup_as_it_stands() -> None:
    assert plain_tip('<img src="//host/x">') == "<span>&lt;img src=&quot;//host/x&quot;&gt;</span>"
    assert plain_tip("") == ""


@pytest.mark.program
def test_help_opens_no_window() -> None:
    done = subprocess.run(
        command_of("mapafu", "--help"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert "PATH" in done.stdout
