"""How far a screening has come and how fast it goes, in numbers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.screening.case import CaseResult

_WINDOW_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A moment of a screening.

    Attributes:
        total: Films in all; None while the folder is still being looked through.
        films_per_second: Over the last seconds; None before there is enough to say.
        seconds_left: None before it can be guessed.
    """

    done: int
    total: int | None
    not_scored: int
    films_per_second: float | None
    seconds_left: float | None
    running: bool
    paused: bool


class Pace:
    """Counts films and remembers when they came. Resting time does not count."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done = 0
        self._not_scored = 0
        self._closed = 0
        self._recent: deque[tuple[float, int]] = deque()
        self._rested_at: float | None = None
        self._rested = 0.0

    def add(self, results: Sequence[CaseResult]) -> None:
        """Count results."""
        now = self._now()
        if not self._recent:
            self._recent.append((now, self._done))
        self._done += len(results)
        self._not_scored += sum(result.score is None for result in results)
        self._recent.append((now, self._done))
        while len(self._recent) > 2 and now - self._recent[0][0] > _WINDOW_SECONDS:
            self._recent.popleft()

    def take_over(self, results: Sequence[CaseResult]) -> None:
        """Count results that were there before the clock began."""
        self._done += len(results)
        self._not_scored += sum(result.score is None for result in results)
        self.close_batch()

    def rest(self) -> None:
        """Stop the clock."""
        if self._rested_at is None:
            self._rested_at = self._clock()

    def go_on(self) -> None:
        """Let the clock run again."""
        if self._rested_at is not None:
            self._rested += self._clock() - self._rested_at
            self._rested_at = None

    def close_batch(self) -> None:
        """Note that a drop is done: the next one's films come on top."""
        self._closed = self._done
        self._recent.clear()

    def progress(self, total: int | None, *, running: bool, paused: bool) -> Progress:
        """This moment. `total` is of the drop being screened."""
        speed = self._speed()
        overall = None if total is None and running else self._closed + (total or 0)
        left = None
        if speed is not None and overall is not None and running:
            left = max(0, overall - self._done) / speed
        return Progress(
            done=self._done,
            total=overall,
            not_scored=self._not_scored,
            films_per_second=speed,
            seconds_left=left,
            running=running,
            paused=paused,
        )

    def _speed(self) -> float | None:
        if len(self._recent) < 2:
            return None
        (first_time, first_done), (last_time, last_done) = self._recent[0], self._recent[-1]
        seconds = last_time - first_time
        return (last_done - first_done) / seconds if seconds > 0.2 and last_done > first_done else None

    def _now(self) -> float:
        return (self._rested_at or self._clock()) - self._rested
