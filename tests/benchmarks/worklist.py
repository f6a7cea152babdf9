"""How quick the work list is: `python -m tests.benchmarks.worklist [ROWS]`.

The list stands in a window without a screen, and each figure ends when its rows are painted. Beside the time that
passed stands the processor's own time, which other programs on the PC lengthen less.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import prepare_application
from desktop.worklist.columns import Column, title
from desktop.worklist.worklist import Worklist
from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.columns import RowFilter
from engine.results.marks import MarkKind
from engine.screening.case import Band, CaseResult
from tests.benchmarks.store import make_results
from tests.engine.results.made_up import POINT

_REPEATS = 7
_BATCH = 500


def main() -> None:
    """Print one figure a line."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    application = QApplication([])
    prepare_application(application)
    worklist = Worklist()
    worklist.resize(416, 800)
    worklist.show()
    results = make_results(rows)
    _fill(worklist, results)
    _measure(worklist)
    more = [replace(result, index=rows + result.index) for result in results[:8]]
    worklist.view.choose_row(rows // 2)
    _print_time("eight films come in", lambda: _come_in(worklist, more))


def _fill(worklist: Worklist, results: list[CaseResult]) -> None:
    before, processor = time.perf_counter(), time.process_time()
    for start in range(0, len(results), _BATCH):
        worklist.add(results[start : start + _BATCH])
        QApplication.processEvents()
    worklist.settle()
    passed, used = time.perf_counter() - before, time.process_time() - processor
    print(f"{len(results)} rows came in, {_BATCH} at a time: {passed:.1f} s, processor {used:.1f} s")


def _measure(worklist: Worklist) -> None:
    model, rows = worklist.model, worklist.filter
    for column in Column:
        orders = iter([Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder] * _REPEATS)
        name = f"sorted by {title(column).lower()}"
        _print_time(name, lambda column=column, orders=orders: worklist.view.sortByColumn(column, next(orders)))
    worklist.view.sortByColumn(Column.BAND, Qt.SortOrder.AscendingOrder)
    for row in range(0, 2000, 2):
        model.put_mark(MarkKind.READ, model.film_id_at(row), on=True)
    filters = {
        "positive": RowFilter(bands=frozenset({Band.POSITIVE})),
        "blank": RowFilter(reasons=frozenset({Reason.BLANK})),
        "unread": RowFilter(read=False),
        "flagged, of which there is none": RowFilter(flagged=True),
        "search": RowFilter(search="film-0999"),
        "all again": RowFilter(),
    }
    for name, chosen in filters.items():
        rows.clear()
        other = RowFilter(search="7") if chosen == RowFilter() else RowFilter()
        _print_time(name, lambda chosen=chosen: rows.set_rows(chosen), before=lambda other=other: rows.set_rows(other))
    rows.clear()
    _print_time("another operating point", lambda: worklist.judge_at(PointsByAge(replace(POINT))))
    _print_time("a flag", lambda: model.put_mark(MarkKind.FLAG, model.film_id_at(0), on=True))
    _print_time("next unread", lambda: worklist.view.choose_row(model.next_unread(0) or 0))
    worklist.model.group_by_study(True)
    _print_time("films of one study together", lambda: worklist.model.refresh())
    worklist.model.group_by_study(False)


def _come_in(worklist: Worklist, more: list[CaseResult]) -> None:
    fresh = [replace(result, index=worklist.model.total + place) for place, result in enumerate(more)]
    worklist.add(fresh)
    worklist.model.refresh()


def _print_time(what: str, work: Callable[[], object], *, before: Callable[[], object] | None = None) -> None:
    times, processor = [], []
    for _ in range(_REPEATS):
        if before is not None:
            before()
            QApplication.processEvents()
        started, used = time.perf_counter(), time.process_time()
        work()
        QApplication.processEvents()
        times.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - used) * 1000)
    print(f"{what}: {np.median(times):.0f} ms, processor {np.median(processor):.0f} ms")


if __name__ == "__main__":
    main()
