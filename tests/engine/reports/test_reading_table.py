from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.reports.reading_table import COLUMNS, write_reading
from engine.results.reading_score import ReadingScore, score_reading
from engine.results.store import Store
from engine.results.verdicts import ReadingMode, Verdict
from tests.engine.results.made_up import POINTS, make_run, make_scored


@pytest.fixture
def score(tmp_path: Path) -> ReadingScore:
    with Store(tmp_path / "store.sqlite") as store:
        session_id = store.sessions.start(make_run(), []).session_id
        results = [replace(make_scored(place, 0.9), file=f"NORMAL/SMITH-{place}.png") for place in range(4)]
        films = store.results.add(session_id, results)
        store.references.keep(session_id, {result.file: place < 2 for place, result in enumerate(results)})
        for initials in ("=1+1", "B"):
            reader = store.verdicts.reader(initials)
            for place, film_id in enumerate(films):
                verdict = Verdict.PNEUMONIA if place < 3 or initials == "B" else Verdict.NO_PNEUMONIA
                store.verdicts.give(
                    verdict, film_id=film_id, session_id=session_id, reader=reader, mode=ReadingMode.BLIND
                )
        return score_reading(store, session_id, POINTS, mode=ReadingMode.BLIND)


def test_each_side_and_each_pair_is_a_row(tmp_path: Path, score: ReadingScore) -> None:
    path = tmp_path / "reading.csv"
    write_reading(path, score)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["first"], row["second"]) for row in rows] == [
        ("'=1+1", "labels"),
        ("B", "labels"),
        ("model", "labels"),
        ("model", "labels"),
        ("model", "labels"),
        ("'=1+1", "B"),
        ("'=1+1", "model"),
        ("B", "model"),
    ]
    assert {row["verdicts"] for row in rows} == {"blind"}
    first, pair = rows[0], rows[5]
    assert (first["both_pneumonia"], first["first_only"], first["second_only"], first["neither"]) == (
        "2",
        "1",
        "0",
        "1",
    )
    assert (first["sensitivity"], first["specificity"], first["agreement"]) == ("1.0000", "0.5000", "")
    assert (pair["agreement"], pair["kappa"], pair["sensitivity"]) == ("0.7500", "0.0000", "")
    assert [row["operating_point"] for row in rows[:3]] == ["", "", "screening"]
    assert "SMITH" not in path.read_text(encoding="utf-8")


def test_a_table_that_cannot_be_written_is_one_sentence(tmp_path: Path, score: ReadingScore) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as problem:
        write_reading(tmp_path / "file" / "reading.csv", score)
    assert problem.value.sentence.endswith(".")
