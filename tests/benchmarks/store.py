"""How quick the store is: `python -m tests.benchmarks.store FOLDER [ROWS]`, on the drive that FOLDER lies on.

Each line gives the time that passed, and the processor's own time, which other programs on the PC lengthen less.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.reasons import Reason
from engine.results.columns import KeyColumns, RowFilter, SortBy
from engine.results.marks import MarkKind
from engine.results.store import Store
from engine.screening.case import Band, CaseResult, CaseStatus
from tests.engine.results.made_up import make_run, make_scored, make_unscored

_BATCHES = (1, 8, 64)
_ONE_BY_ONE = 2000
_REPEATS = 5


def main() -> None:
    """Print one figure a line."""
    folder = Path(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / "results.sqlite"
        with Store(path) as store:
            _measure(store, make_results(rows))
        print(f"size of the store: {path.stat().st_size / 1e6:.0f} MB")


def make_results(rows: int) -> list[CaseResult]:
    """A long list: one in twenty without a score, two films a patient."""
    random = np.random.default_rng(0)
    probabilities = random.random(rows)
    return [
        make_unscored(index, Reason.BLANK, CaseStatus.REJECTED)
        if index % 20 == 0
        else make_scored(index, float(probabilities[index]), patient_key=f"{index // 2:016x}")
        for index in range(rows)
    ]


def _measure(store: Store, results: list[CaseResult]) -> None:
    for batch in _BATCHES:
        count = min(len(results), _ONE_BY_ONE * batch)
        _insert(store, results[:count], batch)
    session_id = store.sessions.newest()[0].session_id
    rest = results[store.sessions.get(session_id).results :]
    for start in range(0, len(rest), _BATCHES[-1]):
        store.results.add(session_id, rest[start : start + _BATCHES[-1]])
    _print_time("all columns of the list, from the store", lambda: store.results.columns(session_id))
    columns = store.results.columns(session_id)
    store.marks.put(MarkKind.READ, map(int, columns.film_id[::2]))
    _print_time("the same with half of them read", lambda: store.results.columns(session_id))
    _print_time("sessions, newest first", lambda: store.sessions.newest(20))
    film_id = int(columns.film_id[-1])
    _print_time("earlier films of the patient", lambda: store.results.earlier(film_id))
    _print_time("one result", lambda: store.results.at(session_id, len(results) // 2))
    last = results[-1].sha256
    assert last is not None
    _print_time("a film known by its content", lambda: store.results.known(last, run=make_run()))
    _print_time("reopened: every result", lambda: sum(1 for _ in store.results.of_session(session_id)), repeats=1)
    _measure_columns(store.results.columns(session_id))


def _measure_columns(columns: KeyColumns) -> None:
    everything = RowFilter()
    for by in SortBy:
        _print_time(f"sorted by {by}", lambda by=by: columns.select(everything, by))
    filters = {
        "positive": RowFilter(bands=frozenset({Band.POSITIVE})),
        "blank": RowFilter(reasons=frozenset({Reason.BLANK})),
        "unread": RowFilter(read=False),
        "flagged": RowFilter(flagged=True),
        "search by file": RowFilter(search="film-0999"),
        "search by patient key": RowFilter(search=columns.patient_keys[-1] or ""),
    }
    for name, row_filter in filters.items():
        _print_time(f"triage order, {name}", lambda chosen=row_filter: columns.select(chosen, SortBy.TRIAGE))
    _print_time("counts", columns.counts)
    few = KeyColumns.of_results([make_scored(0, 0.5)], [1])
    _print_time("one row more", lambda: columns.followed_by(few))


def _insert(store: Store, results: list[CaseResult], batch: int) -> None:
    session = store.sessions.start(make_run(f"batches of {batch}"), [])
    times = []
    processor = time.process_time()
    for start in range(0, len(results), batch):
        before = time.perf_counter()
        store.results.add(session.session_id, results[start : start + batch])
        times.append((time.perf_counter() - before) * 1000)
    processor = (time.process_time() - processor) / len(results) * 1e6
    print(
        f"{len(results)} results in batches of {batch}: {len(results) / sum(times) * 1000:.0f} a second; a batch: "
        f"{np.median(times):.2f} ms, 99 % below {np.percentile(times, 99):.2f} ms; processor {processor:.0f} us a film"
    )


def _print_time(what: str, work: Callable[[], object], *, repeats: int = _REPEATS) -> None:
    times, processor = [], []
    for _ in range(repeats):
        before, processor_before = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - before) * 1000)
        processor.append((time.process_time() - processor_before) * 1000)
    print(f"{what}: {np.median(times):.1f} ms, processor {np.median(processor):.1f} ms")


if __name__ == "__main__":
    main()
