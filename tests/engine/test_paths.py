import sys
from pathlib import Path

import pytest

from engine.paths import data_folder, installed_program, resource


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the program, as it runs installed."""
    monkeypatch.delenv("MAPAFU_HOME", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mapafu"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    return tmp_path


def test_a_portable_program_keeps_its_data_beside_itself(stick: Path) -> None:
    (stick / "portable").touch()
    assert data_folder() == stick / "mapafu-data"


def test_an_installed_program_keeps_its_data_with_the_user(stick: Path) -> None:
    assert installed_program() == stick / "mapafu"
    assert not data_folder().is_relative_to(stick)


def test_the_variable_wins_over_the_mark(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stick / "portable").touch()
    monkeypatch.setenv("MAPAFU_HOME", str(stick / "elsewhere"))
    assert data_folder() == stick / "elsewhere"


def test_from_source_a_mark_means_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAPAFU_HOME", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "portable").touch()
    assert installed_program() is None
    assert not data_folder().is_relative_to(tmp_path)


def test_resources_are_there() -> None:
    assert resource("model.onnx").is_file()
    assert resource("samples").is_dir()
