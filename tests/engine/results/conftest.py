from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.results.store import Store


class SteppingClock:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "kept/results.sqlite", clock=SteppingClock()) as opened:
        yield opened
