"""The table of a kept session, with what its readers say."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from engine.model.card import PointsByAge
from engine.reports.csv import CsvReport
from engine.results.store import Store
from engine.results.verdicts import ReaderVerdict


def write_session(
    path: Path, store: Store, session_id: int, *, points: PointsByAge | None = None, anonymous: bool = False
) -> None:
    """Write a session as a table. Raises OutputError or StoreError; rows written by then are kept.

    Args:
        path: The table.
        store: Of the thread that writes.
        session_id: The session, complete or not.
        points: Where to draw the line; None keeps the operating point that each film was scored at.
        anonymous: Leave blank what can identify a patient.
    """
    verdicts: defaultdict[int, list[ReaderVerdict]] = defaultdict(list)
    for entry in store.verdicts.standing(session_id):
        verdicts[entry.film_id].append(entry)
    films = 0
    with CsvReport(path, store.sessions.get(session_id).run, anonymous=anonymous) as report:
        for stored in store.results.of_session(session_id):
            result = stored.result if points is None else stored.result.judged_at(points)
            report.add(result, verdicts[stored.film_id])
            films += 1
    store.log.exported("anonymous_table" if anonymous else "table", session_id=session_id, films=films)
