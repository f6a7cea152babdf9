"""Notes as they are typed: each waits with its film until it is kept. Knows nothing of Qt."""

from __future__ import annotations


class NoteDrafts:
    """What was typed and is not known to be kept, by the store's number of the film."""

    def __init__(self) -> None:
        self._typed: dict[int, str] = {}
        self._handed_on: dict[int, str] = {}

    def write(self, film_id: int, text: str) -> None:
        """Remember what is typed."""
        self._typed[film_id] = text

    def shown(self, film_id: int, kept: str) -> str:
        """What stands in the line of this film, whose kept note is this one."""
        return self._typed.get(film_id, kept)

    def take(self, film_id: int) -> str | None:
        """Hand on what was typed, for it to be kept; None where nothing was."""
        if film_id not in self._typed:
            return None
        self._handed_on[film_id] = note = self._typed[film_id].strip()
        return note

    def take_new(self, film_id: int, kept: str | None) -> str | None:
        """Hand on what was typed since it was handed on last; None where it is what is kept, or nothing new."""
        typed = self._typed.get(film_id, "").strip()
        if film_id not in self._typed or typed in (kept, self._handed_on.get(film_id)):
            return None
        return self.take(film_id)

    def settle(self, film_id: int, kept: str) -> None:
        """This note is kept now: where it is what was typed, nothing waits any more."""
        if film_id in self._typed and self._typed[film_id].strip() == kept:
            del self._typed[film_id]
            self._handed_on.pop(film_id, None)

    def clear(self) -> None:
        """Forget every draft."""
        self._typed.clear()
        self._handed_on.clear()
