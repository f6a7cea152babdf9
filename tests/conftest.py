"""What every test has: a home of its own, the samples, and, where they are at hand, real films."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.paths import resource
from tests.engine.model.packs import Files, pack_files

FILMS_VARIABLE = "MAPAFU_DATA"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the data folder of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MAPAFU_HOME", str(home))
    return home


@pytest.fixture
def samples() -> Path:
    """The bundled sample films."""
    return resource("samples")


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder inside one that nobody but its owner and root may look into."""
    outer = tmp_path / "closed"
    outer.mkdir()
    (outer / "inner").mkdir()
    outer.chmod(0)
    yield outer / "inner"
    outer.chmod(0o700)


@pytest.fixture
def films_folder() -> Path:
    """The folder with real films."""
    folder = os.environ.get(FILMS_VARIABLE)
    if not folder:
        pytest.skip(f"{FILMS_VARIABLE} does not name a folder with real films")
    return Path(folder)


@pytest.fixture(scope="session")
def tiny_pack(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What an unsigned pack of a tiny model, version 1.0, holds. Not to be changed in place."""
    return pack_files(tmp_path_factory.mktemp("pack"))
