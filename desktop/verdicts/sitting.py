"""Who reads, what they have said, and which answers they have had on the screen. Knows nothing of Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from desktop.bookkeeper import ReaderFilms
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode


class Sitting:
    """The reader of the moment. Until initials are given, whoever reads is nobody in particular.

    Attributes:
        reader: None until initials are given.
        judged: Films on which a verdict of this reader stands.
    """

    def __init__(self) -> None:
        self.reader: Reader | None = None
        self.judged: set[int] = set()
        self._seen: defaultdict[Reader | None, set[int]] = defaultdict(set)

    def seat(self, films: ReaderFilms) -> bool:
        """Let a reader read from now on; whether someone else read before.

        Whoever read until now without initials was this reader.
        """
        before, self.reader = self.reader, films.reader
        if before is None:
            self._seen[films.reader] |= self._seen.pop(None, set())
        self._seen[films.reader] |= films.known
        self.judged = set(films.judged)
        return before is not None and before != films.reader

    def see(self, film_ids: Collection[int]) -> None:
        """The answers of these films were on the screen."""
        self._seen[self.reader].update(film_ids)

    def mode(self, film_id: int, *, blind: bool) -> ReadingMode:
        """How a verdict on a film counts that is given now: blind only where the reader never saw its answer."""
        seen = film_id in self._seen[self.reader]
        return ReadingMode.BLIND if blind and not seen else ReadingMode.OPEN

    def own(self, entries: Sequence[ReaderVerdict]) -> ReaderVerdict | None:
        """What this reader says, among what readers say of a film."""
        return next((entry for entry in entries if entry.reader == self.reader), None)

    def hear(self, film_id: int, entries: Sequence[ReaderVerdict]) -> bool:
        """Take in what readers say of a film; whether `judged` is another now."""
        judged = self.own(entries) is not None
        if judged is (film_id in self.judged):
            return False
        (self.judged.add if judged else self.judged.discard)(film_id)
        return True
