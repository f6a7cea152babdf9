"""What was done is told, and no entry can be altered or removed without its being seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from engine.errors import StoreError
from engine.results.anchor import Anchor, anchor_of, read_anchor, write_anchor
from engine.results.audit_log import Fault, LogCheck, canonical, chained
from engine.results.marks import MarkKind
from engine.results.store import Store
from engine.results.verdicts import Verdict
from engine.version import __version__
from tests.engine.results.conftest import SteppingClock
from tests.engine.results.made_up import make_run, make_scored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store in which a little of everything was done."""
    path = tmp_path / "r.sqlite"
    with Store(path, clock=SteppingClock()) as store:
        session_id = store.sessions.start(make_run(), [Path("/films/SMITH")]).session_id
        films = store.results.add(session_id, [make_scored(index, 0.5, patient_key="cafe") for index in range(3)])
        store.log.opened(films[0], session_id=session_id)
        reader = store.verdicts.reader("AB")
        verdict = store.verdicts.give(
            Verdict.PNEUMONIA, film_id=films[1], session_id=session_id, reader=reader, note="SMITH again"
        )
        store.verdicts.take_back(verdict.verdict_id)
        store.marks.put(MarkKind.FLAG, films[:2], reader_id=reader.reader_id)
        store.references.keep(session_id, {"film-000001.dcm": True})
        store.log.exported("table", session_id=session_id, films=3)
        store.log.model_installed("model", "2.0", "b" * 64, signed=True)
        store.sessions.end(session_id)
    return path


def entries_of(path: Path) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        return [json.loads(entry) for (entry,) in connection.execute("SELECT entry FROM audit_log ORDER BY entry_id")]


def check(path: Path) -> LogCheck:
    with Store(path) as store:
        return store.log.check()


def tamper(path: Path, *statements: str) -> None:
    """Change the log as somebody would who knows SQLite."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_changed")
        connection.execute("DROP TRIGGER entries_are_never_deleted")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_it_tells_what_was_done_in_order(path: Path) -> None:
    entries = entries_of(path)
    assert [entry["event"] for entry in entries] == [
        "session_begun",
        "scored",
        "opened",
        "reader_added",
        "verdict",
        "taken_back",
        "mark",
        "labels_loaded",
        "exported",
        "model_installed",
        "session_ended",
    ]
    assert {entry["app_version"] for entry in entries} == {__version__}
    assert [entry["number"] for entry in entries] == list(range(1, 12))
    assert len({entry["at"] for entry in entries}) == 11
    begun, scored, opened, _, verdict, taken_back, mark = entries[:7]
    assert (begun["model"], begun["model_version"], begun["session"]) == ("model", "1.0", 1)
    assert (scored["films"], scored["session"]) == ([1, 2, 3], 1)
    assert (opened["film"], opened["reader"]) == (1, None)
    assert (verdict["film"], verdict["reader"], verdict["verdict"], verdict["mode"]) == (2, 1, "pneumonia", "open")
    assert taken_back["undoes"] == verdict["entry"]
    assert (mark["films"], mark["kind"], mark["on"], mark["reader"]) == ([1, 2], "flag", 1, 1)


def test_nothing_of_a_patient_is_in_it(path: Path) -> None:
    words = json.dumps(entries_of(path))
    for word in ("SMITH", "film-", "cafe", "/", "1.2.3"):
        assert word not in words


def test_a_log_that_nobody_touched_holds(path: Path) -> None:
    found = check(path)
    assert (found.fault, found.holding, found.last) == (None, 11, read_anchor(path))
    assert found.sentence.startswith("All entries of the log hold: 11.")


def test_what_did_not_happen_is_not_told(path: Path) -> None:
    with Store(path) as store:
        store.marks.put(MarkKind.FLAG, [1])
        store.verdicts.reader("ab")
        store.verdicts.take_back(1)
        store.verdicts.take_back(99)
        store.results.add(1, [])
        with pytest.raises(StoreError, match="deleted meanwhile"):
            store.results.add(9, [make_scored(0, 0.5)])
    assert len(entries_of(path)) == 11
    assert check(path).fault is None


def test_sqlite_itself_refuses_to_change_an_entry(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("UPDATE audit_log SET entry = '{}'", "DELETE FROM audit_log WHERE entry_id = 11"):
            with pytest.raises(sqlite3.Error, match="only added to"):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "fault", "entry"),
    [
        ("UPDATE audit_log SET entry = replace(entry, 'pneumonia', 'cannot_tell')", Fault.ALTERED, 5),
        ("UPDATE audit_log SET hash = zeroblob(32) WHERE entry_id = 7", Fault.ALTERED, 7),
        ("UPDATE audit_log SET entry = x'00' WHERE entry_id = 2", Fault.ALTERED, 2),
        ("DELETE FROM audit_log WHERE entry_id = 1", Fault.REMOVED, 1),
        ("DELETE FROM audit_log WHERE entry_id IN (4, 9)", Fault.REMOVED, 4),
        ("DELETE FROM audit_log WHERE entry_id = 11", Fault.CUT_OFF, 11),
        ("DELETE FROM audit_log WHERE entry_id > 6", Fault.CUT_OFF, 7),
        ("DELETE FROM audit_log", Fault.CUT_OFF, 1),
    ],
)
def test_an_entry_that_was_altered_or_removed_is_found(path: Path, statement: str, fault: Fault, entry: int) -> None:
    tamper(path, statement)
    found = check(path)
    assert (found.fault, found.entry, found.holding) == (fault, entry, entry - 1)
    assert str(entry) in found.sentence


def test_an_entry_removed_with_those_behind_it_renumbered_is_found(path: Path) -> None:
    tamper(
        path,
        "DELETE FROM audit_log WHERE entry_id = 5",
        "UPDATE audit_log SET entry_id = entry_id - 1 WHERE entry_id > 5",
    )
    assert (check(path).fault, check(path).entry) == (Fault.ALTERED, 5)


def test_a_chain_that_was_made_anew_is_not_the_one_that_was_written(path: Path) -> None:
    entries = entries_of(path)
    entries[4]["verdict"] = "no_pneumonia"
    previous, statements = bytes(32), []
    for number, entry in enumerate(entries, start=1):
        text = canonical(entry)  # type: ignore[arg-type]
        previous = chained(previous, text)
        statements.append(
            f"UPDATE audit_log SET entry = '{text}', hash = x'{previous.hex()}' WHERE entry_id = {number}"
        )
    tamper(path, *statements)
    assert (check(path).fault, check(path).entry) == (Fault.ALTERED, 11)


def test_any_flipped_letter_is_found(path: Path) -> None:
    random = Random(1)
    with closing(sqlite3.connect(path)) as connection:
        entries = connection.execute("SELECT entry_id, entry FROM audit_log").fetchall()
    tamper(path)
    for _ in range(40):
        number, entry = random.choice(entries)
        place = random.randrange(len(entry))
        other = entry[:place] + chr(ord(entry[place]) ^ 1) + entry[place + 1 :]
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE audit_log SET entry = ? WHERE entry_id = ?", (other, number))
            connection.commit()
        assert (check(path).fault, check(path).entry) == (Fault.ALTERED, number)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE audit_log SET entry = ? WHERE entry_id = ?", (entry, number))
            connection.commit()


def test_an_anchor_that_is_behind_is_tolerated_and_catches_up(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        fourth = Anchor(*connection.execute("SELECT entry_id, hash FROM audit_log WHERE entry_id = 4").fetchone())
    write_anchor(path, fourth)
    assert check(path).fault is None
    with Store(path) as store:
        store.log.opened(1, session_id=1)
    assert read_anchor(path) == check(path).last


@pytest.mark.parametrize("spoil", [Path.unlink, lambda anchor: anchor.write_text("7 seven\n")], ids=["gone", "spoilt"])
def test_without_its_anchor_nobody_can_say_where_the_log_ended(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(anchor_of(path))
    found = check(path)
    assert (found.fault, found.holding) == (Fault.NO_ANCHOR, 11)
    assert "anchor" in found.sentence


def test_an_anchor_that_cannot_be_written_stops_nothing(path: Path) -> None:
    anchor_of(path).unlink()
    anchor_of(path).mkdir()
    with Store(path) as store:
        store.log.opened(1, session_id=1)
    assert len(entries_of(path)) == 12


def test_a_new_store_has_an_empty_log_that_holds(tmp_path: Path) -> None:
    assert check(tmp_path / "new.sqlite") == LogCheck(holding=0, last=Anchor(0, bytes(32)))


def test_two_programs_add_to_one_chain(path: Path) -> None:
    with Store(path) as one, Store(path) as other:
        for _ in range(10):
            one.log.opened(1, session_id=1)
            other.log.opened(2, session_id=1, reader_id=1)
    assert (check(path).fault, check(path).holding) == (None, 31)
