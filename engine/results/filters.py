"""Filters that a person saved under a name."""

from __future__ import annotations

import json
from typing import Any

from engine.reasons import Reason
from engine.results.columns import RowFilter
from engine.results.database import Database, as_kept
from engine.screening.case import Band, CaseStatus


class SavedFilters:
    """The saved filters of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, row_filter: RowFilter) -> None:
        """Keep a filter, in place of the one of this name."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO filters (name, document) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET document = excluded.document",
                (name, _to_json(row_filter)),
            )

    def delete(self, name: str) -> None:
        """Forget a filter."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM filters WHERE name = ?", (name,))

    def all(self) -> dict[str, RowFilter]:
        """Every filter, by name."""
        rows = self._database.rows("SELECT name, document FROM filters ORDER BY name")
        return {name: filter_from_json(document) for name, document in rows}


def _to_json(row_filter: RowFilter) -> str:
    return json.dumps(
        {
            "bands": sorted(row_filter.bands),
            "statuses": sorted(row_filter.statuses),
            "reasons": sorted(row_filter.reasons),
            "read": row_filter.read,
            "flagged": row_filter.flagged,
            "search": row_filter.search,
        }
    )


@as_kept()
def filter_from_json(document: str) -> RowFilter:
    """The filter that was kept. Raises StoreDamagedError."""
    plain: dict[str, Any] = json.loads(document)
    return RowFilter(
        bands=frozenset(map(Band, plain["bands"])),
        statuses=frozenset(map(CaseStatus, plain["statuses"])),
        reasons=frozenset(map(Reason, plain["reasons"])),
        read=plain["read"],
        flagged=plain["flagged"],
        search=plain["search"],
    )
