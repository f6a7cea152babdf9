"""What a list holds, in discovery order: its results, and the arrays that they are sorted and filtered by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import reduce
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from desktop.worklist.columns import long_name, short_name
from engine.model.card import PointsByAge
from engine.results.blinding import without_answer
from engine.results.columns import KeyColumns
from engine.results.marks import MarkKind
from engine.screening.case import CaseResult


class ListRows:
    """The results of one list. A result's place is its index in here.

    Attributes:
        columns: Of the results that were taken in; those that came since wait for `take_in`, as joining long
            columns takes a while.
    """

    def __init__(self, points: PointsByAge | None, shown: Collection[int] | None = None) -> None:
        """`points` is where bands are drawn; None leaves them as they are. For `shown` see `hide_answers`."""
        self.columns = KeyColumns.of_results([], [])
        self._points = points
        self._answered = shown
        self._unanswered: dict[int, CaseResult] = {}
        self._waiting: list[KeyColumns] = []
        self._results: list[CaseResult] = []
        self._place_of: dict[int, int] = {}
        self._names: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many results there are, with those that wait."""
        return len(self._results)

    def add(self, results: Sequence[CaseResult], columns: KeyColumns) -> None:
        """Add results, with indices that no other has, and their columns."""
        for place, result in enumerate(results, start=len(self._results)):
            self._place_of[result.index] = place
        self._results.extend(results)
        self._names.update(short_name(result.file) for result in results)
        self._waiting.append(columns if self._points is None else columns.judged_at(self._points))

    def take_in(self) -> None:
        """Let the columns grow by those of the results that wait."""
        if self._waiting:
            more = reduce(KeyColumns.followed_by, self._waiting)
            self.columns = self.columns.followed_by(more)
            self._waiting = []

    def remove(self, film_ids: Collection[int]) -> None:
        """Take the results of these films out; the places of the others change."""
        self.take_in()
        stays = ~np.isin(self.columns.film_id, list(film_ids))
        self.columns = self.columns.only(stays)
        self._results = list(compress(self._results, stays))
        self._place_of = {result.index: place for place, result in enumerate(self._results)}
        self._unanswered = {}
        self._names = Counter(short_name(result.file) for result in self._results)

    def judge_at(self, points: PointsByAge) -> None:
        """Draw the bands of all results, also those to come, at another operating point."""
        self.take_in()
        self._points = points
        self.columns = self.columns.judged_at(points)

    def put_mark(self, kind: MarkKind, film_id: int, *, on: bool) -> None:
        """Put a mark on every result of a film, or take it away."""
        self.columns = self.columns.with_mark(kind, film_id, on=on)
        self._waiting = [columns.with_mark(kind, film_id, on=on) for columns in self._waiting]

    def hide_answers(self, shown: Collection[int] | None) -> None:
        """Show the answers only of these films, by their number in the store; with None of all."""
        self._answered = shown

    def put_read_marks(self, film_ids: Collection[int]) -> None:
        """Show these films as read, and no others."""
        read = np.fromiter(film_ids, dtype=np.int64, count=len(film_ids))
        self.columns, *self._waiting = (_with_read(columns, read) for columns in (self.columns, *self._waiting))

    def result(self, place: int) -> CaseResult:
        """A result as it may be shown: without its answer where that is hidden. Only of those that were taken in."""
        if self._answered is None or int(self.columns.film_id[place]) in self._answered:
            return self.whole(place)
        if place not in self._unanswered:
            self._unanswered[place] = without_answer(self._results[place])
        return self._unanswered[place]

    def whole(self, place: int) -> CaseResult:
        """A result with its band at the operating point, which is found when the result is first looked at."""
        result = self._results[place]
        score, points = result.score, self._points
        if points is not None and score is not None and score.operating_point is not points.at(score.age_years):
            result = self._results[place] = result.judged_at(points)
        return result

    def place_of(self, case_index: int) -> int | None:
        """The place of the result with this index."""
        return self._place_of.get(case_index)

    def name(self, place: int) -> str:
        """The file's own name, behind its folder where the list holds another of this name."""
        file = self._results[place].file
        return long_name(file) if self._names[short_name(file)] > 1 else short_name(file)


def _with_read(columns: KeyColumns, film_ids: NDArray[np.int64]) -> KeyColumns:
    return replace(columns, read=np.isin(columns.film_id, film_ids))
