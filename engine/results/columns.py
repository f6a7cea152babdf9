"""The keys of a long list as arrays: a hundred thousand rows are sorted, filtered and searched while one looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.marks import MarkKind
from engine.results.records import by_column, key_row
from engine.screening.case import Band, CaseResult, CaseStatus

_BANDS, _STATUSES, _REASONS = tuple(Band), tuple(CaseStatus), tuple(Reason)
_NONE = -1


class SortBy(StrEnum):
    """What rows are put in order by.

    `triage`: positive by probability, uncertain, negative, rejected, failed. `marks`: flagged, then unread, then read.
    """

    TRIAGE = "triage"
    FOUND = "found"
    PROBABILITY = "probability"
    FILE = "file"
    VIEW_POSITION = "view_position"
    AGE = "age"
    REASON = "reason"
    ACQUIRED = "acquired"
    MARKS = "marks"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Which rows are shown. An empty set and None let everything through; a row must pass all that is asked.

    Attributes:
        read, flagged: Only rows that are so, or with False only rows that are not.
        search: Rows whose file or patient key holds these words, whatever their case.
    """

    bands: frozenset[Band] = frozenset()
    statuses: frozenset[CaseStatus] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    read: bool | None = None
    flagged: bool | None = None
    search: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyColumns:
    """What n rows are sorted, filtered and searched by. A row's place is its index in these columns.

    Attributes:
        position: (n,) place in discovery order, `CaseResult.index`.
        film_id: (n,) the store's number of the film.
        status, band, reason: (n,) place in the enumeration; -1 for none.
        probability, age_years, scored_age_years, acquired_at: (n,) float64, NaN where unknown; the time in
            seconds since 1970.
        unlike_training: (n,) whether the film is never negative.
        read, flagged: (n,) marks.
        files: Names in tables.
        views, patient_keys, studies: None where unknown. Rows of one study have the same study instance UID.
        searched: What a search looks through: file and patient key, without case.
    """

    position: NDArray[np.int64]
    film_id: NDArray[np.int64]
    status: NDArray[np.int8]
    band: NDArray[np.int8]
    reason: NDArray[np.int8]
    probability: NDArray[np.float64]
    unlike_training: NDArray[np.bool_]
    age_years: NDArray[np.float64]
    scored_age_years: NDArray[np.float64]
    acquired_at: NDArray[np.float64]
    read: NDArray[np.bool_]
    flagged: NDArray[np.bool_]
    files: tuple[str, ...]
    views: tuple[str | None, ...]
    patient_keys: tuple[str | None, ...]
    studies: tuple[str | None, ...]
    searched: tuple[str, ...]

    @classmethod
    def of_keys(
        cls,
        column: Mapping[str, Sequence[Any]],
        film_ids: NDArray[np.int64],
        *,
        read: NDArray[np.bool_],
        flagged: NDArray[np.bool_],
    ) -> KeyColumns:
        """The columns of rows whose keys are these, by their name in `KeyRow`, and whose films have these marks."""
        files, patient_keys = tuple(column["file"]), tuple(column["patient_key"])
        return cls(
            position=np.array(column["position"], dtype=np.int64),
            film_id=film_ids,
            status=_codes(column["status"], _STATUSES),
            band=_codes(column["band"], _BANDS),
            reason=_codes(column["reason"], _REASONS),
            probability=np.array(column["probability"], dtype=np.float64),
            unlike_training=np.array(column["unlike_training"], dtype=np.bool_),
            age_years=np.array(column["age_years"], dtype=np.float64),
            scored_age_years=np.array(column["scored_age_years"], dtype=np.float64),
            acquired_at=np.array(column["acquired_at"], dtype=np.float64),
            read=read,
            flagged=flagged,
            files=files,
            views=tuple(column["view_position"]),
            patient_keys=patient_keys,
            studies=tuple(column["study_instance_uid"]),
            searched=tuple(f"{file}\n{key or ''}".casefold() for file, key in zip(files, patient_keys, strict=True)),
        )

    @classmethod
    def of_results(cls, results: Sequence[CaseResult], film_ids: Sequence[int]) -> KeyColumns:
        """The columns of results that have just come, unread and without a flag."""
        none = np.zeros(len(results), dtype=np.bool_)
        column = by_column([key_row(result) for result in results])
        return cls.of_keys(column, np.array(film_ids, dtype=np.int64), read=none, flagged=none)

    def __len__(self) -> int:
        return len(self.files)

    def followed_by(self, more: KeyColumns) -> KeyColumns:
        """These rows, and then more."""
        joined: dict[str, Any] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(more, field.name)
            joined[field.name] = mine + theirs if isinstance(mine, tuple) else np.concatenate((mine, theirs))
        return KeyColumns(**joined)

    def only(self, chosen: NDArray[np.bool_]) -> KeyColumns:
        """These rows where `chosen`, (n,), is true."""
        left: dict[str, Any] = {}
        for field in fields(self):
            mine = getattr(self, field.name)
            left[field.name] = tuple(compress(mine, chosen)) if isinstance(mine, tuple) else mine[chosen]
        return KeyColumns(**left)

    def with_mark(self, kind: MarkKind, film_id: int, *, on: bool) -> KeyColumns:
        """The same rows after a mark was put on a film or taken away."""
        film = self.film_id == film_id
        if kind is MarkKind.FLAG:
            return replace(self, flagged=np.where(film, on, self.flagged))
        return replace(self, read=np.where(film, on, self.read))

    def judged_at(self, points: PointsByAge) -> KeyColumns:
        """The same rows with the bands they have at another operating point of the same model, as `Band.of` says."""
        low, _, high = points.thresholds(self.scored_age_years)
        positive = self.probability >= high
        negative = (self.probability < low) & ~self.unlike_training
        codes = (_BANDS.index(Band.POSITIVE), _BANDS.index(Band.NEGATIVE), _NONE)
        band = np.select([positive, negative, np.isnan(self.probability)], codes, _BANDS.index(Band.UNCERTAIN))
        return replace(self, band=band.astype(np.int8))

    def has_band(self, band: Band) -> NDArray[np.bool_]:
        """(n,) whether each row has this band."""
        has: NDArray[np.bool_] = self.band == _BANDS.index(band)
        return has

    def has_status(self, status: CaseStatus) -> NDArray[np.bool_]:
        """(n,) whether each row has this status."""
        has: NDArray[np.bool_] = self.status == _STATUSES.index(status)
        return has

    def counts(self) -> dict[Band | CaseStatus, int]:
        """How many rows have each band, and how many without a band each status."""
        unscored = self.status[self.band == _NONE]
        return {band: int(self.has_band(band).sum()) for band in _BANDS} | {
            status: int((unscored == code).sum())
            for code, status in enumerate(_STATUSES)
            if status is not CaseStatus.SCORED
        }

    def passing(self, row_filter: RowFilter) -> NDArray[np.bool_]:
        """(n,) whether each row passes."""
        passes = np.ones(len(self), dtype=np.bool_)
        for column, members, wanted in (
            (self.band, _BANDS, row_filter.bands),
            (self.status, _STATUSES, row_filter.statuses),
            (self.reason, _REASONS, row_filter.reasons),
        ):
            if wanted:
                passes &= np.isin(column, [code for code, member in enumerate(members) if member in wanted])
        for marks, asked in ((self.read, row_filter.read), (self.flagged, row_filter.flagged)):
            if asked is not None:
                passes &= marks == asked
        words = row_filter.search.strip().casefold()
        if words:
            passes &= np.fromiter((words in text for text in self.searched), dtype=np.bool_, count=len(self))
        return passes

    def order(self, by: SortBy, *, descending: bool = False) -> NDArray[np.intp]:
        """(n,) the places in order. Rows whose value is unknown come last either way; equal ones as they were found.

        Triage order is one of places, not of values: descending turns it round as a whole.
        """
        if by is SortBy.TRIAGE:
            places = self._triage_order()
            return places[::-1] if descending else places
        if by is SortBy.FILE:  # every row has one; and Python's sort is quick on what is nearly in order, as files are
            rows = sorted(range(len(self)), key=self.searched.__getitem__, reverse=descending)
            return np.array(rows, dtype=np.intp)
        keys = self._sort_keys(by)
        return np.argsort(-keys if descending else keys, kind="stable")  # NaN sorts last

    def select(self, row_filter: RowFilter, by: SortBy, *, descending: bool = False) -> NDArray[np.intp]:
        """The places of the rows that pass, in order."""
        places = self.order(by, descending=descending)
        return places[self.passing(row_filter)[places]]

    def by_study(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """The same places with the rows of a study one after another, each study where its first row stood."""
        first: dict[str | int, int] = {}
        rows = (first.setdefault(self.studies[place] or place, row) for row, place in enumerate(places.tolist()))
        return places[np.argsort(np.fromiter(rows, dtype=np.intp, count=len(places)), kind="stable")]

    def _triage_order(self) -> NDArray[np.intp]:
        unscored = len(_BANDS) + self.status  # rejected before failed
        group = np.where(self.band == _NONE, unscored, self.band)
        return np.lexsort((self.position, -self.probability, group))

    def _sort_keys(self, by: SortBy) -> NDArray[np.float64]:
        match by:
            case SortBy.PROBABILITY:
                return self.probability
            case SortBy.AGE:
                return self.age_years
            case SortBy.ACQUIRED:
                return self.acquired_at
            case SortBy.REASON:
                return np.where(self.reason == _NONE, np.nan, self.reason)
            case SortBy.MARKS:
                return np.select([self.flagged, ~self.read], [0.0, 1.0], 2.0)
            case SortBy.VIEW_POSITION:
                return _ranks(self.views)
        return self.position.astype(np.float64)


def _codes(values: Sequence[str | None], members: Sequence[StrEnum]) -> NDArray[np.int8]:
    code_of: dict[str | None, int] = {member.value: code for code, member in enumerate(members)}
    return np.fromiter((code_of.get(value, _NONE) for value in values), dtype=np.int8, count=len(values))


def _ranks(texts: Sequence[str | None]) -> NDArray[np.float64]:
    """(n,) the place of each text among all different ones; NaN where there is none."""
    different = sorted(dict.fromkeys(text for text in texts if text is not None))
    rank_of = {text: float(rank) for rank, text in enumerate(different)}
    return np.fromiter((rank_of.get(text, np.nan) for text in texts), dtype=np.float64, count=len(texts))  # type: ignore[arg-type]
