from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.errors import StoreDamagedError
from engine.reasons import Reason
from engine.results.columns import RowFilter
from engine.results.store import Store
from engine.screening.case import Band, CaseStatus

FULL = RowFilter(
    bands=frozenset({Band.POSITIVE, Band.UNCERTAIN}),
    statuses=frozenset({CaseStatus.SCORED}),
    reasons=frozenset({Reason.BLANK}),
    read=False,
    flagged=True,
    search="رئة \udcff",
)


def test_filters_come_back_by_name(store: Store) -> None:
    store.filters.save("worst first", FULL)
    store.filters.save("all", RowFilter(search="x"))
    store.filters.save("all", RowFilter())
    assert store.filters.all() == {"all": RowFilter(), "worst first": FULL}
    store.filters.delete("all")
    store.filters.delete("none of this name")
    assert list(store.filters.all()) == ["worst first"]


def test_a_damaged_filter_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        store.filters.save("mine", FULL)
        connection = sqlite3.connect(path)
        connection.execute("UPDATE filters SET document = '{}'")
        connection.commit()
        connection.close()
        with pytest.raises(StoreDamagedError):
            store.filters.all()
        store.filters.delete("mine")
        assert store.filters.all() == {}
