"""Who has had which answer on the screen: a verdict is blind only where its reader has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from engine.results.verdicts import Reader


class AnswersSeen:
    """Films whose answers were seen, for each reader, and for nobody in particular until initials are given."""

    def __init__(self) -> None:
        self._films: defaultdict[Reader | None, set[int]] = defaultdict(set)

    def add(self, reader: Reader | None, films: Collection[int]) -> None:
        """The answers of these films were on the screen while this reader read; None where nobody gave initials."""
        self._films[reader].update(films)

    def give_name(self, reader: Reader) -> None:
        """Whoever read until now without initials was this reader."""
        self._films[reader] |= self._films.pop(None, set())

    def has(self, reader: Reader | None, film_id: int) -> bool:
        """Whether this reader has seen the answer of a film."""
        return film_id in self._films[reader]
