import ctypes
import importlib
import subprocess
import sys
from types import ModuleType

import pytest

from desktop.system_check import PACKAGES, find_problem, missing_library_sentence
from tests.programs import command_of, environment

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the check is for Linux")


def test_other_systems_are_not_checked() -> None:
    assert find_problem({}, platform="win32") is None


@on_linux
@pytest.mark.parametrize("name", ["offscreen", "minimal", "vnc:size=800x600"])
def test_a_platform_without_a_screen_needs_no_display(name: str) -> None:
    assert find_problem({"QT_QPA_PLATFORM": name}) is None


@on_linux
def test_no_display_is_one_sentence() -> None:
    problem = find_problem({})
    assert problem is not None
    assert "DISPLAY" in problem
    assert "\n" not in problem


@on_linux
def test_a_display_that_does_not_answer_is_told_before_qt_aborts() -> None:
    problem = find_problem({"DISPLAY": ":4711"})
    assert problem is not None


@on_linux
def test_missing_libraries_of_qt_name_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> ModuleType:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(importlib, "import_module", refuse)
    problem = find_problem({"DISPLAY": ":0"})
    assert problem is not None
    assert "libEGL.so.1 is missing" in problem
    assert "sudo apt install" in problem
    assert "libegl1" in problem


@on_linux
def test_missing_libraries_of_the_platform_plugin_name_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise OSError("libxcb-icccm.so.4: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    problem = find_problem({"DISPLAY": ":0"})
    assert problem is not None
    assert "libxcb-icccm.so.4 is missing" in problem


def test_every_package_is_named() -> None:
    sentence = missing_library_sentence("something odd")
    assert all(package in sentence for package in PACKAGES)
    assert "odd" not in sentence


@on_linux
@pytest.mark.program
def test_the_program_ends_with_one_sentence_and_status_1() -> None:
    kept = {name: value for name, value in environment().items() if name not in _SCREEN_VARIABLES}
    ended = subprocess.run(
        command_of("mapafu"),
        env=kept,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ended.stderr


_SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
