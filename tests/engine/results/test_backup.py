"""The store goes to one file and comes back from it, or everything stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from engine.errors import OutputError, StoreBusyError, StoreError
from engine.file_lock import take
from engine.results import schema
from engine.results.anchor import anchor_of
from engine.results.backup import restore_backup
from engine.results.files import put_in_place
from engine.results.store import Store
from engine.screening.identity import load_secret, secret_path
from tests.engine.films.campaign import VARIABLE
from tests.engine.results.conftest import SteppingClock
from tests.engine.results.damage import RESULTS, read, write_store
from tests.engine.results.made_up import make_run, make_scored
from tests.engine.results.version_1 import write_version_1

FLIPS = {"": 20, "ci": 40, "full": 200}[os.environ.get(VARIABLE, "")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "here/results.sqlite"
    write_store(path)
    load_secret(path.parent)
    return path


@pytest.fixture
def backup(path: Path, tmp_path: Path) -> Path:
    file = tmp_path / "stick.mapafu-backup"
    with Store(path) as store:
        store.back_up(file)
    return file


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def rewrite(backup: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Make a backup anew with other parts, as somebody would by hand."""
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def change_store(backup: Path, folder: Path, *statements: str) -> None:
    """Change the store in a backup, with hashes that fit."""

    def change(parts: dict[str, bytes]) -> None:
        made = folder / "made.sqlite"
        made.write_bytes(parts["results.sqlite"])
        with closing(sqlite3.connect(made)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        parts["results.sqlite"] = made.read_bytes()
        manifest = json.loads(parts["manifest.json"])
        made_hash = hashlib.sha256(parts["results.sqlite"]).hexdigest()
        manifest["files"]["results.sqlite"] = {"sha256": made_hash, "size": made.stat().st_size}
        parts["manifest.json"] = json.dumps(manifest).encode()

    rewrite(backup, change)


def test_it_moves_to_another_pc(path: Path, backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there/results.sqlite"
    restored = restore_backup(backup, there)
    assert (restored.results, restored.verdicts, restored.aside) == (RESULTS, RESULTS, None)
    with Store(path) as old, Store(there) as new:
        for number in (1, 2, 3):
            before = [stored.result.sha256 for stored in old.results.of_session(number)]
            assert [stored.result.sha256 for stored in new.results.of_session(number)] == before
            assert new.verdicts.standing(number) == old.verdicts.standing(number)
        assert (new.log.check().fault, new.log.check().holding) == (None, old.log.check().holding)
    assert secret_path(there.parent).read_bytes() == secret_path(path.parent).read_bytes()
    assert sorted(file.name for file in there.parent.iterdir()) == [
        "patient-key.secret",
        "results.anchor",
        "results.sqlite",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_nobody_else_may_read_it(backup: Path, tmp_path: Path) -> None:
    restore_backup(backup, tmp_path / "there/results.sqlite")
    for file in (backup, *(tmp_path / "there").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_there_is_kept_aside(path: Path, backup: Path) -> None:
    with Store(path) as store:
        session_id = store.sessions.start(make_run("later"), []).session_id
        store.results.add(session_id, [make_scored(5000, 0.5)])
        entries = store.log.check().holding
    secret = secret_path(path.parent)
    secret.write_bytes(b"x" * 32)
    restored = restore_backup(backup, path, clock=SteppingClock())
    assert restored.aside is not None
    assert restored.aside.name == "results.replaced-2024-03-01-080001.sqlite"
    assert restored.sentence.endswith(f"What was there before is kept as {restored.aside.name}.")
    with Store(path) as store:
        assert "later" not in {session.run.run_id for session in store.sessions.newest(9)}
        # The log is shorter than it was, and says why.
        assert store.log.check().fault is None
        assert store.log.check().holding == entries - 2
    with Store(restored.aside) as aside:
        assert (aside.log.check().fault, aside.log.check().holding) == (None, entries)
        assert aside.sessions.newest()[0].run.run_id == "later"
    (old_secret,) = path.parent.glob("patient-key.replaced-*.secret")
    assert old_secret.read_bytes() == b"x" * 32
    assert secret.read_bytes() != b"x" * 32


def test_a_damaged_store_is_replaced_too(path: Path, backup: Path) -> None:
    path.write_bytes(b"rubbish " * 1000)
    restored = restore_backup(backup, path)
    assert restored.aside is not None
    assert restored.aside.read_bytes() == b"rubbish " * 1000
    with Store(path) as store:
        assert read(store) == (RESULTS, RESULTS)


def test_a_backup_is_made_while_somebody_writes(path: Path, tmp_path: Path) -> None:
    with Store(path) as store, Store(path) as other:
        session_id = other.sessions.start(make_run("writing"), []).session_id
        other.results.add(session_id, [make_scored(0, 0.5)])
        store.back_up(tmp_path / "b")
        other.results.add(session_id, [make_scored(1, 0.5)])
    assert restore_backup(tmp_path / "b", tmp_path / "there/r.sqlite").results == RESULTS + 1


def test_nothing_is_restored_under_an_open_program(path: Path, backup: Path) -> None:
    with Store(path) as other:
        read(other)
        before = secret_path(path.parent).read_bytes()
        with pytest.raises(StoreBusyError, match="Close it and try again"):
            restore_backup(backup, path)
        other.sessions.start(make_run("going on"), [])
    assert secret_path(path.parent).read_bytes() == before
    assert [file.name for file in path.parent.glob("*.replaced-*")] == []


def test_what_fails_leaves_everything_as_it_was(path: Path, backup: Path) -> None:
    before = files_of(path.parent)
    data, random = backup.read_bytes(), Random(3)
    for _ in range(FLIPS):
        place = random.randrange(len(data))
        backup.write_bytes(data[:place] + bytes([data[place] ^ (1 << random.randrange(8))]) + data[place + 1 :])
        try:
            restore_backup(backup, path.parent.parent / f"there-{place}/results.sqlite")
        except StoreError:
            with pytest.raises(StoreError, match=r"Nothing was changed|newer version"):
                restore_backup(backup, path)
            assert files_of(path.parent) == before
        else:  # a bit that says nothing of the content, such as a time
            with Store(path.parent.parent / f"there-{place}/results.sqlite") as store:
                assert read(store) == (RESULTS, RESULTS)
                assert store.log.check().fault is None
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        backup.write_bytes(data[:length])
        with pytest.raises(StoreError, match="Nothing was changed"):
            restore_backup(backup, path)
        assert files_of(path.parent) == before


def test_a_restore_that_fails_at_its_last_step_leaves_everything_as_it_was(path: Path, backup: Path) -> None:
    secret_path(path.parent).write_bytes(b"x" * 32)
    before = files_of(path.parent)
    in_the_way = path.parent / "results.replaced-2024-03-01-080001.anchor"
    in_the_way.mkdir()
    (in_the_way / "file").touch()
    with pytest.raises(StoreError, match="Check that you may write"):
        restore_backup(backup, path, clock=SteppingClock())
    shutil.rmtree(in_the_way)
    after = files_of(path.parent)
    assert after.keys() == before.keys()
    # The store's own file was closed for others, which its head says.
    assert {name for name in after if after[name] != before[name]} <= {path.name}
    with Store(path) as store:
        assert read(store) == (RESULTS, RESULTS)


def test_a_secret_that_is_none_is_refused_and_not_backed_up(path: Path, backup: Path, tmp_path: Path) -> None:
    before = files_of(path.parent)

    def cut_the_secret(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        parts["patient-key.secret"] = secret = b"short"
        manifest["files"]["patient-key.secret"] = {"sha256": hashlib.sha256(secret).hexdigest(), "size": len(secret)}
        parts["manifest.json"] = json.dumps(manifest).encode()

    rewrite(backup, cut_the_secret)
    with pytest.raises(StoreError, match="is damaged"):
        restore_backup(backup, path)
    assert files_of(path.parent) == before
    secret_path(path.parent).write_bytes(b"short")
    with Store(path) as store:
        store.back_up(tmp_path / "other")
    assert restore_backup(tmp_path / "other", tmp_path / "there/results.sqlite").results == RESULTS
    assert not secret_path(tmp_path / "there").exists()


@pytest.mark.parametrize("table", ["audit_log", "marks"])
def test_a_store_that_lacks_a_table_is_refused(path: Path, backup: Path, tmp_path: Path, table: str) -> None:
    before = files_of(path.parent)
    change_store(backup, tmp_path, f"DROP TABLE {table}")
    with pytest.raises(StoreError, match="is damaged"):
        restore_backup(backup, path)
    assert files_of(path.parent) == before


OPENS = """
import sys
from pathlib import Path
from engine.results.store import Store
from tests.engine.results.made_up import make_run

print("opening", flush=True)
with Store(Path(sys.argv[1])) as store:
    store.sessions.start(make_run("started meanwhile"), [])
"""


def test_nobody_opens_the_store_while_another_one_takes_its_place(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[str]] = []

    def late(made: Path, path: Path, aside: Path) -> None:
        program = subprocess.Popen([sys.executable, "-c", OPENS, str(path)], stdout=subprocess.PIPE, text=True)
        started.append(program)
        assert program.stdout is not None
        assert program.stdout.readline() == "opening\n"
        time.sleep(0.5)
        put_in_place(made, path, aside)

    monkeypatch.setattr("engine.results.backup.put_in_place", late)
    restore_backup(backup, path)
    started[0].communicate(timeout=60)
    assert started[0].returncode == 0
    with Store(path) as store:
        assert store.sessions.newest()[0].run.run_id == "started meanwhile"


def test_while_somebody_puts_a_store_in_place_the_others_are_told_so(path: Path, backup: Path) -> None:
    held = take(path.with_suffix(".lock"))
    assert held is not None
    with pytest.raises(StoreBusyError):
        Store(path)
    with pytest.raises(StoreBusyError):
        restore_backup(backup, path)
    held.remove()
    Store(path).close()


def test_what_is_no_backup_is_refused(path: Path, tmp_path: Path) -> None:
    before = files_of(path.parent)
    (tmp_path / "a.txt").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("../../results.sqlite", b"evil")
        archive.writestr("manifest.json", "[1]")
    for name in ("a.txt", "other.zip", "missing", "here", "here/results.sqlite"):
        with pytest.raises(StoreError):
            restore_backup(tmp_path / name, path)
        assert files_of(path.parent) == before


@pytest.mark.parametrize("field", ["version", "schema_version"])
def test_a_backup_of_a_newer_version_is_refused(path: Path, backup: Path, field: str) -> None:
    def raise_version(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        parts["manifest.json"] = json.dumps(manifest | {field: 99}).encode()

    rewrite(backup, raise_version)
    with pytest.raises(StoreError, match="newer version"):
        restore_backup(backup, path)


def test_a_tampered_store_with_fitting_hashes_is_refused(path: Path, backup: Path, tmp_path: Path) -> None:
    change_store(
        backup, tmp_path, "DROP TRIGGER entries_are_never_deleted", "DELETE FROM audit_log WHERE entry_id > 10"
    )
    with pytest.raises(StoreError, match="is damaged"):
        restore_backup(backup, path)


def test_a_part_that_unpacks_to_more_than_it_states_is_refused(path: Path, backup: Path) -> None:
    def swell(parts: dict[str, bytes]) -> None:
        parts["results.sqlite"] += bytes(50_000_000)

    rewrite(backup, swell)
    with pytest.raises(StoreError, match="is damaged"):
        restore_backup(backup, path)


def test_a_file_that_is_no_backup_is_not_written_over(path: Path, backup: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    with Store(path) as store:
        with pytest.raises(OutputError, match="no backup"):
            store.back_up(letter)
        with pytest.raises(OutputError, match="no backup"):
            store.back_up(path)
        store.back_up(backup)
        with pytest.raises(OutputError, match="cannot be written"):
            store.back_up(tmp_path / "nowhere/b")
    assert letter.read_text() == "dear"
    assert [file.name for file in path.parent.iterdir() if "backup" in file.name] == []


def test_a_store_brought_forward_can_be_moved(tmp_path: Path) -> None:
    old = tmp_path / "old/results.sqlite"
    old.parent.mkdir()
    write_version_1(old, [make_scored(0, 0.5)])
    with Store(old) as store:
        store.back_up(tmp_path / "b")
    shutil.rmtree(old.parent)
    assert restore_backup(tmp_path / "b", old).results == 1
    assert anchor_of(old).exists()
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
