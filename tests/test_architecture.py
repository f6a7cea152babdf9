"""The page that says where things live names every module there is, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("engine", "desktop", "training", "installer")
HOUSE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("```")[1]
WORDS = set(re.findall(r"\w+", HOUSE))


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_is_on_the_map(room: str) -> None:
    modules = {path.stem for path in (ROOT / room).rglob("*.py") if not path.stem.startswith("__")}
    assert modules
    assert sorted(modules - WORDS) == []


def test_the_map_names_no_module_that_is_gone() -> None:
    present = {path.stem for room in ROOMS for path in (ROOT / room).rglob("*")}
    assert sorted(word for word in WORDS if "_" in word and word not in present) == []
