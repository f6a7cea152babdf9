"""Stores with a little of everything, damaged in every way, and used as the program uses them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from engine.errors import StoreDamagedError
from engine.reasons import Reason
from engine.results.columns import RowFilter
from engine.results.kept_run import KeptRun
from engine.results.marks import MarkKind
from engine.results.store import Store, open_store
from engine.results.verdicts import Verdict
from tests.engine.results.made_up import POINTS, make_run, make_scored, make_unscored

RESULTS = 120


def write_store(path: Path) -> None:
    """Three sessions, the last of which was cut off; two readers."""
    with Store(path) as store:
        readers = [store.verdicts.reader(initials) for initials in ("AB", "CD")]
        for number in range(3):
            session_id = store.sessions.start(make_run(f"run {number}"), [Path("/films")]).session_id
            first = number * RESULTS // 3
            results = [make_scored(first + index, index / 40, patient_key=f"{index:016x}") for index in range(39)]
            films = store.results.add(session_id, [*results, make_unscored(first + 39, Reason.CORRUPT_PIXELS)])
            for index, film_id in enumerate(films):
                store.verdicts.give(
                    Verdict.PNEUMONIA,
                    film_id=film_id,
                    session_id=session_id,
                    reader=readers[index % 2],
                    note="x" * index,
                )
            store.marks.put(MarkKind.FLAG, films[:20])
            store.references.keep(session_id, {f"film-{first:06}.dcm": True})
            if number < 2:
                store.sessions.end(session_id)
        store.filters.save("flagged", RowFilter(flagged=True))


def use(path: Path, told: list[str]) -> None:
    """Do with a store what the window and the command line do. Raises StoreError, and nothing else."""
    new = make_run(f"new {len(told)} {path.stat().st_size if path.exists() else 0}")
    with KeptRun(told.append, path) as kept:
        kept.begin(new, ["films"], default_age=None)
        kept.known("0" * 64, POINTS)
        for index in range(3):
            kept.add(make_scored(1000 + index, 0.5))
        kept.end()
    store = open_store(path, tell=told.append)
    try:
        read(store)
    except StoreDamagedError:
        store = store.salvaged(told.append)
        read(store)
    finally:
        store.close()


def read(store: Store) -> tuple[int, int]:
    """Read all there is, and return how many results and verdicts that is. Raises StoreError."""
    results = verdicts = 0
    for session in store.sessions.newest(9):
        kept = list(store.results.of_session(session.session_id))
        results += len(kept)
        store.results.columns(session.session_id)
        store.references.of_session(session.session_id)
        verdicts += len(store.verdicts.standing(session.session_id))
        for stored in kept[:3]:
            store.results.earlier(stored.film_id)
            store.verdicts.of_film(stored.film_id)
    store.filters.all()
    store.verdicts.readers()
    store.log.check()
    return results, verdicts


def damaged_copy(whole: Path, folder: Path, random: Random) -> tuple[Path, str]:
    """A copy of a store, cut off or with wrong bytes, and what was done to it."""
    path = folder / "results.sqlite"
    shutil.copyfile(whole, path)
    size = path.stat().st_size
    how = random.choice(("cut", "flip", "flips", "zeros", "garbage"))
    place = random.randrange(size)
    with path.open("r+b") as file:
        match how:
            case "cut":
                file.truncate(place)
            case "flip":
                _flip(file, place, random)
            case "flips":
                for _ in range(random.randrange(2, 200)):
                    _flip(file, random.randrange(size), random)
            case _:
                length = min(random.choice((64, 512, 4096, 16384)), size - place)
                file.seek(place)
                file.write(bytes(length) if how == "zeros" else random.randbytes(length))
    return path, f"{how} at {place} of {size}"


def damage_page_of(path: Path, table: str) -> None:
    """Fill the first page of a table with nonsense."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xee" * size)


def _flip(file, place: int, random: Random) -> None:  # type: ignore[no-untyped-def]
    file.seek(place)
    (old,) = file.read(1)
    file.seek(place)
    file.write(bytes([old ^ (1 << random.randrange(8))]))
