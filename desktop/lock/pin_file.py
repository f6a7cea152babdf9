"""The PIN as its hash (Argon2id, RFC 9106), with how often it was wrong. Without Qt.

Whoever can write the user's files can remove this one: the lock keeps eyes from the screen, not hands from the disk.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import argon2

from engine.errors import OutputError
from engine.paths import write_private

FILE_NAME: Final = "lock.json"
SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 64
MINUTES: Final = (1, 120)
LONGEST_WAIT_SECONDS: Final = 60.0
_MOST_MEMORY_KIB = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    hash: str
    idle_minutes: int
    wrong: int = 0
    wrong_at: float = 0.0


class PinFile:
    """Sets, checks and removes the PIN of a data folder. After each wrong one there is a wait, also over a restart."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
        self._state = self._load()

    @property
    def is_set(self) -> bool:
        """Whether there is a PIN."""
        return self._state is not None

    @property
    def idle_minutes(self) -> int:
        """After how many minutes without a hand the screen is to be locked."""
        return self._state.idle_minutes if self._state is not None else 5

    @property
    def seconds_to_wait(self) -> float:
        """How long no PIN is taken: 1 s after the first wrong one, and twice as long after each further one."""
        if self._state is None or not self._state.wrong:
            return 0.0
        wait = min(LONGEST_WAIT_SECONDS, 2.0 ** min(self._state.wrong - 1, 16))
        return min(wait, max(0.0, self._state.wrong_at + wait - time.time()))

    def check(self, pin: str) -> bool:
        """Whether this is the PIN; never while one has to wait."""
        if self._state is None or self.seconds_to_wait:
            return False
        try:
            self._hasher.verify(self._state.hash, pin)
        except argon2.exceptions.VerifyMismatchError:
            self._put(replace(self._state, wrong=self._state.wrong + 1, wrong_at=time.time()))
            return False
        if self._state.wrong:
            self._put(replace(self._state, wrong=0, wrong_at=0.0))
        return True

    def set(self, pin: str, idle_minutes: int) -> None:
        """Set another PIN. Raises OutputError."""
        self._save(_State(hash=self._hasher.hash(pin), idle_minutes=idle_minutes))

    def set_minutes(self, idle_minutes: int) -> None:
        """Keep the PIN, and lock after another time. Raises OutputError."""
        if self._state is not None:
            self._save(replace(self._state, idle_minutes=idle_minutes))

    def remove(self) -> None:
        """Have no PIN any more. Raises OutputError."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError("The PIN cannot be removed. Ask whoever looks after this PC.") from error
        self._state = None

    def _put(self, state: _State) -> None:
        self._state = state
        with contextlib.suppress(OSError):  # on a full disk the count lasts as long as the program
            self._write(state)

    def _save(self, state: _State) -> None:
        try:
            self._write(state)
        except OSError as error:
            raise OutputError("The PIN cannot be saved. Free some space in your home folder.") from error
        self._state = state

    def _write(self, state: _State) -> None:
        write_private(self.path, json.dumps(asdict(state), indent=2).encode())

    def _load(self) -> _State | None:
        """The PIN as saved. A damaged file is kept aside, and there is no lock: nobody could open it."""
        try:
            return _parse(json.loads(self.path.read_text(encoding="utf-8")))
        except OSError:
            return None
        except (ValueError, TypeError, KeyError, RecursionError):
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_name("lock.damaged.json"))
            return None


def _parse(raw: Any) -> _State:
    """Raises TypeError, KeyError or ValueError, of which argon2's InvalidHash is one."""
    if not isinstance(raw, dict) or not isinstance(raw["hash"], str):
        raise TypeError("an object with a hash was expected")
    if argon2.extract_parameters(raw["hash"]).memory_cost > _MOST_MEMORY_KIB:
        raise ValueError("the hash asks for too much memory")
    minutes, wrong, wrong_at = raw["idle_minutes"], raw.get("wrong", 0), raw.get("wrong_at", 0.0)
    if type(minutes) is not int or type(wrong) is not int or not isinstance(wrong_at, int | float):
        raise TypeError("numbers were expected")
    least, most = MINUTES
    return _State(
        hash=raw["hash"], idle_minutes=min(most, max(least, minutes)), wrong=max(0, wrong), wrong_at=float(wrong_at)
    )
