"""What can still be read of a damaged store, row by row, into a new one; the damaged file is kept aside."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from engine.errors import StoreDamagedError, StoreError
from engine.results import schema
from engine.results.anchor import Anchor, write_anchor
from engine.results.audit_log import BEFORE_THE_FIRST, Event, append, chained
from engine.results.database import BUSY_SECONDS, UNUSABLE, as_kept, local_now, spoken
from engine.results.files import beside, in_the_making, put_in_place
from engine.results.filters import filter_from_json
from engine.results.records import Record, from_record, key_row, to_bytes
from engine.results.verdicts import ReadingMode, Verdict
from engine.screening.case import CaseResult

_PAGE = 500
_MOST_ROWS = 100_000_000  # a highest number beyond that is damage
_MOST_FAILURES = 50_000  # after so many places that cannot be read, what is left of a table is given up

_MOST_SMALL_ROWS = 1_000_000  # of tables without numbers
_PLACE = ("session_id", "film_id", "position", "age_years")

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What came back from a damaged store.

    Attributes:
        results: How many results.
        verdicts: How many verdicts, also superseded ones.
        aside: Where the damaged file lies now.
    """

    results: int
    verdicts: int
    aside: Path

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        return (
            f"The kept results were damaged. {self.results} results and {self.verdicts} verdicts could be saved; the "
            f"damaged file is kept as {self.aside.name}. Check your last verdicts."
        )


def salvage(path: Path, *, clock: Callable[[], datetime] = local_now) -> Salvaged:
    """Save what can be read of a damaged store into a new one in its place, and keep the damaged file aside.

    For who is `alone_with` the store, and knows that this very file is the damaged one.

    Raises:
        StoreError: The new store cannot be written, or the damaged one cannot be moved.
    """
    aside = beside(path, "damaged", clock())
    try:
        with spoken(), in_the_making(path) as made, _held_still(path):
            with closing(sqlite3.connect(made, isolation_level=None)) as target:
                schema.create(target)
                with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
                    results, verdicts, anchor = _Salvage(source, target).into(clock().isoformat())
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            put_in_place(made, path, aside)
    except OSError as error:
        raise StoreError(UNUSABLE) from error
    write_anchor(path, anchor)
    return Salvaged(results=results, verdicts=verdicts, aside=aside)


@contextmanager
def _held_still(path: Path) -> Iterator[None]:
    """Within the block no program that has the damaged store open adds to it, which would be in neither afterwards."""
    if sys.platform == "win32":  # which moves no open file, so that nobody else can have it open
        yield
        return
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        with contextlib.suppress(sqlite3.Error):  # too damaged to be added to
            connection.execute("BEGIN IMMEDIATE")
        yield


class _Salvage:
    """One salvage, table by table. A row that cannot be read, or that nobody could have kept, is left out."""

    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        self._source = source
        self._target = target
        self._names = cache(lambda table: frozenset(_columns(target, table)))
        self._lost_time = ""

    def into(self, at: str) -> tuple[int, int, Anchor]:
        """Fill the new store; how many results and verdicts it has then, and the last entry of its log."""
        self._lost_time = at
        with contextlib.suppress(sqlite3.Error):
            # Lets SQLite open a file that was cut off, or of which only some tables can be found.
            self._source.execute("PRAGMA writable_schema = ON")
        self._target.execute("PRAGMA foreign_keys = ON")
        self._target.execute("BEGIN")
        for table, is_whole in (("sessions", _is_session), ("films", _is_film), ("readers", _is_reader)):
            self._copy(table, is_whole)
        self._copy_results()
        for table, is_whole in (("marks", _is_mark), ("verdicts", _is_verdict)):
            self._copy(table, is_whole)
        for table, is_whole in (("reference", _is_reference), ("filters", _is_filter)):
            for row in self._rows_without_number(table):
                self._put(table, row, is_whole)
        entries = self._copy_log()
        self._copy_last_numbers()
        counts = schema.counts(self._target)
        anchor = append(self._target, at=at, event=Event.SALVAGED, facts={"kept": counts, "log_entries": entries})
        self._target.execute("COMMIT")
        return counts["results"], counts["verdicts"], anchor

    def _copy(self, table: str, is_whole: Callable[[_Row], object]) -> None:
        for row in self._rows(table):
            if table in ("marks", "verdicts"):
                self._make_parents(row)
            self._put(table, row, is_whole)

    def _copy_results(self) -> None:
        """Results whose document can be read; what lists sort by is made from it anew."""
        points = {row["point_id"]: row["document"] for row in self._rows("operating_points")}
        is_version_1 = "scored_age_years" not in self._source_columns("results")
        default_ages = dict(self._target.execute("SELECT session_id, default_age_years FROM sessions"))
        places = {row["result_id"]: {name: row[name] for name in _PLACE} for row in self._rows("results")}
        for row in self._rows("documents"):
            place = places.get(row["result_id"])
            if place is None:
                continue
            point = points.get(row["point_id"])
            try:
                if is_version_1:
                    _go_forward(row, place, default_ages.get(place["session_id"]))
                result = _result(row, place, point)
            except StoreDamagedError:
                continue
            self._make_parents(place)
            self._put_result(row, place, result, point)

    def _put_result(self, row: _Row, place: _Row, result: CaseResult, point: str | None) -> None:
        number = {"result_id": row["result_id"]}
        film = {"film_id": place["film_id"], "sha256": result.sha256, "path": None}
        if result.sha256 is None:
            film["path"] = to_bytes(str(result.path))
        self._put("films", film, _is_film)  # where the film's own row was lost
        if point is not None:
            self._put("operating_points", {"point_id": row["point_id"], "document": point}, bool)
        keys = key_row(result)._asdict() | {"file": to_bytes(result.file)}
        kept = {name: row.get(name) for name in ("point_id", "document", "heat", "lungs")}
        if not self._put("results", number | {name: place[name] for name in ("session_id", "film_id")} | keys, bool):
            return
        if not self._put("documents", number | kept, bool):
            self._target.execute("DELETE FROM results WHERE result_id = ?", (row["result_id"],))

    def _make_parents(self, row: _Row) -> None:
        """Stand-ins for the session and the reader of a row, where their own rows were lost."""
        session_id, reader_id = row.get("session_id"), row.get("reader_id")
        if isinstance(session_id, int):
            self._target.execute(
                "INSERT OR IGNORE INTO sessions VALUES (?, ?, '', '', '', '', NULL, '[]', ?, ?)",
                (session_id, f"salvaged-{session_id}", self._lost_time, self._lost_time),
            )
        if isinstance(reader_id, int):
            self._target.execute(
                "INSERT OR IGNORE INTO readers VALUES (?, ?, ?)", (reader_id, f"?{reader_id}", self._lost_time)
            )

    def _copy_log(self) -> int:
        """The entries of the log as far as they hold, and how many those are."""
        last = BEFORE_THE_FIRST
        for row in self._rows("audit_log"):
            entry, number = row["entry"], row["entry_id"]
            if number != last.number + 1 or not isinstance(entry, str) or chained(last.hash, entry) != row["hash"]:
                break
            self._target.execute("INSERT INTO audit_log VALUES (?, ?, ?)", (number, entry, row["hash"]))
            last = Anchor(number, row["hash"])
        return last.number

    def _copy_last_numbers(self) -> None:
        """No number is ever used twice, also where the row that had it was lost."""
        try:
            kept = self._source.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
        except (sqlite3.Error, OverflowError):
            return
        for name, number in kept:
            if isinstance(name, str) and isinstance(number, int) and 0 < number < _MOST_ROWS:
                self._target.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name))

    def _put(self, table: str, row: _Row, is_whole: Callable[[_Row], object]) -> bool:
        """Put a row into the new store, unless something is wrong with it."""
        try:
            with as_kept():
                if not is_whole(row):
                    return False
            names = [name for name in row if name in self._names(table)]
            places = ", ".join("?" * len(names))
            cursor = self._target.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT DO NOTHING",
                [row[name] for name in names],
            )
        except (StoreDamagedError, sqlite3.IntegrityError, sqlite3.DataError, OverflowError):
            return False
        return cursor.rowcount == 1

    def _source_columns(self, table: str) -> list[str]:
        """The columns that a table has in the damaged store, none where that cannot be read."""
        try:
            return _columns(self._source, table)
        except sqlite3.Error:
            return []

    def _rows(self, table: str) -> Iterator[_Row]:
        """The rows of a table that can be read, by their numbers."""
        names = self._source_columns(table)
        if not names:
            return
        lacking = dict.fromkeys(self._names(table) - set(names))
        chosen, last, failures = f"SELECT {', '.join(names)} FROM {table} NOT INDEXED", 0, 0
        key, highest = names[0], self._highest(table, names[0])
        while last < highest and failures < _MOST_FAILURES:
            try:
                query = f"{chosen} WHERE {key} > ? ORDER BY {key} LIMIT {_PAGE}"
                page = self._source.execute(query, (last,)).fetchall()
            except (sqlite3.Error, OverflowError):
                reached = last + _PAGE
                page, failed = self._one_by_one(f"{chosen} WHERE {key} BETWEEN ? AND ?", last + 1, reached)
                failures += failed
                if not self._is_any_beyond(f"SELECT {key} FROM {table} NOT INDEXED WHERE {key}", reached, highest):
                    highest = reached
            else:
                if not page:
                    return
                reached = page[-1][0]
                failures += reached <= last
            yield from (lacking | dict(zip(names, row, strict=True)) for row in page if row[0] > last)
            last = max(reached, last + 1)

    def _is_any_beyond(self, query: str, reached: int, highest: int) -> bool:
        """Whether anything behind a stretch that cannot be read can be, tried further and further away."""
        step = _PAGE
        while reached < highest:
            with contextlib.suppress(sqlite3.Error, OverflowError):
                if self._source.execute(f"{query} BETWEEN ? AND ? LIMIT 1", (reached + 1, reached + step)).fetchone():
                    return True
            reached, step = reached + step, step * 2
        return False

    def _one_by_one(self, query: str, low: int, high: int) -> tuple[list[tuple[Any, ...]], int]:
        """The rows of a stretch in which some cannot be read, and how often that was met; halves of halves."""
        try:
            return self._source.execute(query, (low, high)).fetchall(), 0
        except (sqlite3.Error, OverflowError):
            if low == high:
                return [], 1
        middle = (low + high) // 2
        first, failed_first = self._one_by_one(query, low, middle)
        second, failed_second = self._one_by_one(query, middle + 1, high)
        return first + second, 1 + failed_first + failed_second

    def _highest(self, table: str, key: str) -> int:
        """A number that no row of the table is above."""
        for query in (
            f"SELECT max({key}) FROM {table} NOT INDEXED",
            f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
        ):
            with contextlib.suppress(sqlite3.Error, OverflowError):
                row = self._source.execute(query).fetchone()
                if row is not None and isinstance(row[0], int) and 0 < row[0] <= _MOST_ROWS:
                    return int(row[0])
        return _MOST_ROWS

    def _rows_without_number(self, table: str) -> Iterator[_Row]:
        """The rows of a small table up to the first that cannot be read."""
        with contextlib.suppress(sqlite3.Error, OverflowError):
            names = self._source_columns(table)
            if names:
                rows = self._source.execute(f"SELECT {', '.join(names)} FROM {table}")
                for row in islice(rows, _MOST_SMALL_ROWS):
                    yield dict(zip(names, row, strict=True))


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _go_forward(row: _Row, place: _Row, default_age: float | None) -> None:
    """Make a document of version 1 one of version 2. Raises StoreDamagedError."""
    if row["heat"] is not None:
        age = default_age if place["age_years"] is None else place["age_years"]
        with as_kept():
            row["document"] = schema.as_version_2(row["document"], age)


def _result(row: _Row, place: _Row, point: str | None) -> CaseResult:
    """The result of a document, as it is read from a sound store. Raises StoreDamagedError."""
    with as_kept():
        result = from_record(Record(row["document"], point, row["heat"], row["lungs"]))
        scored = result.score is not None
        if result.index != place["position"] or scored != (point is not None) or scored != (row["heat"] is not None):
            raise ValueError(result.index)
        key_row(result)
    return result


def _is_session(row: _Row) -> bool:
    moments = [row["started_at"], *([] if row["ended_at"] is None else [row["ended_at"]])]
    dropped = json.loads(row["dropped"])
    words = [row[name] for name in ("run_id", "model_id", "model_version", "model_sha256", "app_version")]
    age = row["default_age_years"]
    are_words = all(isinstance(word, str) for word in [*words, *dropped])
    return _are_times(moments) and are_words and isinstance(age, float | None)


def _is_film(row: _Row) -> bool:
    sha256, path = row["sha256"], row["path"]
    if sha256 is None:
        return isinstance(path, bytes)
    return path is None and len(bytes.fromhex(sha256)) == 32


def _is_reader(row: _Row) -> bool:
    return isinstance(row["initials"], str) and _are_times([row["added_at"]])


def _is_mark(row: _Row) -> bool:
    return _are_times([row["at"]])


def _is_verdict(row: _Row) -> bool:
    ReadingMode(row["mode"])
    if row["verdict"] is not None:
        Verdict(row["verdict"])
    return isinstance(row["note"], str) and _are_times([row["at"]])


def _is_reference(row: _Row) -> bool:
    return all(isinstance(value, int) for value in row.values())


def _is_filter(row: _Row) -> bool:
    filter_from_json(row["document"])
    return isinstance(row["name"], str)


def _are_times(values: Iterable[str]) -> bool:
    return all(datetime.fromisoformat(value) for value in values)
