from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop.background import Background
from engine.errors import MapafuError, OutputError


@pytest.fixture
def background(qapp: object) -> Background:
    return Background()


def _fail(error: Exception) -> None:
    raise error


def test_what_came_of_it_is_told_where_one_listens(qtbot: QtBot, background: Background) -> None:
    told: list[tuple[object, str]] = []
    background.done.connect(lambda result: told.append((result, threading.current_thread().name)))
    background.start(lambda: threading.current_thread().name)
    assert background.busy
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == [("mapafu-background", threading.main_thread().name)]
    assert not background.busy


def test_another_piece_of_work_may_follow_from_the_first(qtbot: QtBot, background: Background) -> None:
    told: list[object] = []

    def take(result: object) -> None:
        told.append(result)
        if len(told) == 1:
            background.start(lambda: "second")

    background.done.connect(take)
    background.start(lambda: "first")
    qtbot.waitUntil(lambda: told == ["first", "second"], timeout=10_000)


def test_an_error_with_a_sentence_is_handed_on(qtbot: QtBot, background: Background) -> None:
    error = OutputError("The disk is full.")
    with qtbot.waitSignal(background.failed, timeout=10_000) as told:
        background.start(lambda: _fail(error))
    assert told.args == [error]


def test_an_error_that_nobody_foresaw_is_reported_and_has_a_sentence(
    qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))
    with qtbot.waitSignal(background.failed, timeout=10_000) as told:
        background.start(lambda: _fail(ValueError("SMITH")))
    (error,) = told.args
    assert isinstance(error, MapafuError)
    assert "SMITH" not in error.sentence
    assert reported == [ValueError]
    assert not background.busy
