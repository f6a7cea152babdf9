"""The faults, each a function: what it does to a clinic, and how many rows were lost over it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.reports.csv import partial_of
from engine.results.store import Store
from engine.results.verdicts import Verdict
from engine.tasks.status import ExitStatus
from tests.engine.faults.clinic import Clinic, ended, kill, like, until
from tests.engine.results.damage import damaged_copy, write_store
from tests.engine.results.made_up import make_run, make_scored
from tests.programs import CHECKOUT, reading_processes

NOBODY = 65534
_GOES_ON = "The table is written all the same."

_HOLDS_THE_PEN = """
import sqlite3, sys, time

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""
_USES = """
import sys
from pathlib import Path
from tests.engine.results.damage import use

told = []
for _ in range(2):
    use(Path(sys.argv[1]), told)
sys.stderr.write("\\n".join(told))
"""
_USES_AS_NOBODY = f"""
import os, sys
from pathlib import Path
from engine.results.kept_run import KeptRun
from tests.engine.results.made_up import make_run, make_scored

result = make_scored(0, 0.5)  # now: later on, this user may not even read the modules of another one's environment
if os.geteuid() == 0:  # who may write everywhere
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
with KeptRun(lambda sentence: sys.stderr.write(sentence + "\\n"), Path(sys.argv[1])) as kept:
    kept.begin(make_run("nobody"), [], default_age=None)
    kept.add(result)
    kept.end()
"""


def killed(clinic: Clinic, times: int) -> int:
    """Kill -9 at random moments of a batch, so many times, with a verdict after each; then it is gone on with."""
    done, lost = 0, 0
    for number in range(times):
        process = clinic.start(*(["--resume"] if done else []))
        goal = done + random.randint(1, max(1, (clinic.films - done - 1) // (times - number)))
        until(lambda goal=goal: clinic.results() >= goal, process)  # type: ignore[misc]
        kill(process)
        done = clinic.results()
        assert done, "nothing was kept before the kill"
        clinic.read_a_film()
        lost += clinic.lost(done)
    status, said = clinic.screen("--resume")
    assert status == ExitStatus.OK, said
    assert clinic.rows() == [f"films/{number:03}.png" for number in range(clinic.films)]
    return lost + clinic.lost(clinic.films)


def killed_child(clinic: Clinic) -> int:
    """The child that reads films is killed again and again; no film is lost over it."""
    process = clinic.start()
    for goal in range(3, clinic.films - 1, max(3, clinic.films // 4)):
        until(lambda goal=goal: clinic.results() >= goal, process)  # type: ignore[misc]
        for child in reading_processes(process.pid):
            child.kill()
    status, said = ended(process)
    assert status == ExitStatus.OK, said
    return clinic.lost(clinic.films)


def disk_full_while_storing(clinic: Clinic, room: int) -> int:
    """No file may grow beyond so many bytes: the table is written all the same, and the rest is gone on with later."""
    status, said = clinic.screen(before=lambda: _limit(room))
    assert status == ExitStatus.OK, said
    assert len(clinic.rows()) == clinic.films
    assert said.count("cannot be kept") == 1, said
    kept = clinic.results()
    lost = clinic.lost(kept) if kept else 0
    status, said = clinic.screen("--resume") if kept else clinic.screen()
    assert status == ExitStatus.OK, said
    return lost + clinic.lost(clinic.films)


def disk_full_while_exporting(clinic: Clinic) -> int:
    """The table cannot be written: one sentence, the old one stays, and what was scored is kept."""
    clinic.table.write_bytes(old := "\ufeffschema_version,run_id\n1,old\n".encode())
    status, said = clinic.screen(before=lambda: _limit(900))
    assert status == ExitStatus.OUTPUT_FAILED, said
    assert "cannot be written" in said
    assert clinic.table.read_bytes() == old
    return 0


def read_only_folder(clinic: Clinic) -> int:
    """Somebody who may read the store's folder but not write there: one sentence, and the store is as it was."""
    path = clinic.store
    with Store(path) as store:
        store.results.add(store.sessions.start(make_run("kept"), []).session_id, [make_scored(0, 0.5)])
    before = path.read_bytes()
    for place in (clinic.folder, path.parent):
        place.chmod(0o555)
    path.chmod(0o644)
    try:
        status, said = _script(_USES_AS_NOBODY, path)
    finally:
        for place in (clinic.folder, path.parent):
            place.chmod(0o755)
    assert status == 0
    assert said == f"The results cannot be kept. Check that you may write to Mapafu's data folder. {_GOES_ON}\n"
    return int(path.read_bytes() != before)


def damaged(clinic: Clinic, seed: int) -> int:
    """A store that was cut off, or has wrong bytes: the program goes on, twice, and says what could be saved."""
    whole = clinic.folder / "whole.sqlite"
    if not whole.exists():
        write_store(whole)
    folder = clinic.folder / f"damaged-{seed}"
    folder.mkdir()
    path, how = damaged_copy(whole, folder, random.Random(seed))
    status, said = _script(_USES, path)
    assert status == 0, f"{how}: {said}"
    asides = list(folder.glob("*.damaged-*.sqlite"))
    assert len(asides) == said.count("The kept results were damaged."), how
    shutil.rmtree(folder)
    return 0


def two_programs(clinic: Clinic) -> int:
    """Two screenings keep their results in one store at once."""
    both = [clinic.start(), clinic.start("--csv", str(clinic.folder / "out/other.csv"))]
    for process in both:
        status, said = ended(process)
        assert (status, said) == (ExitStatus.OK, "")
    with Store(clinic.store) as store:
        counts = [session.results for session in store.sessions.newest(9)]
    return abs(2 * clinic.films - sum(counts)) + clinic.lost(clinic.films)


def busy_store(clinic: Clinic) -> int:
    """Another program does not stop writing: one sentence after fifteen seconds, and the table is written."""
    Store(clinic.store).close()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS_THE_PEN, str(clinic.store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        status, said = clinic.screen()
        other.communicate("go\n")
    assert status == ExitStatus.OK, said
    assert (
        said
        == "Another Mapafu is busy with the results. Wait a moment and try again. The table is written all the same.\n"
    )
    return abs(len(clinic.rows()) - clinic.films)


def clock_set_back(clinic: Clinic) -> int:
    """The clock goes back by a year between any two things: order, verdicts and log hold."""
    moment = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)

    def goes_back() -> datetime:
        nonlocal moment
        moment -= timedelta(days=365)
        return moment

    with Store(clinic.store, clock=goes_back) as store:
        numbers = [store.sessions.start(make_run(name), []).session_id for name in ("first", "second")]
        (film,) = store.results.add(numbers[1], [make_scored(0, 0.5)])
        reader = store.verdicts.reader("AB")
        for verdict in (Verdict.PNEUMONIA, Verdict.CANNOT_TELL):
            store.verdicts.give(verdict, film_id=film, session_id=numbers[1], reader=reader)
        (standing,) = store.verdicts.standing(numbers[1])
        assert [session.run.run_id for session in store.sessions.newest(2)] == ["second", "first"]
        assert store.log.check().fault is None
    return int(standing.verdict is not Verdict.CANNOT_TELL)


def export_target_removed(clinic: Clinic) -> int:
    """The stick with the table is pulled out while it is written: one sentence, the old table is whole, all is kept.

    Once it is back the table is written, and nothing is scored again.
    """
    clinic.table.write_bytes(old := "\ufeffschema_version,run_id\n1,old\n".encode())
    process = clinic.start()
    until(lambda: partial_of(clinic.table).exists() and clinic.results() > 1, process)
    pulled = clinic.table.parent.rename(clinic.folder / "pulled")
    status, said = ended(process)
    assert status == ExitStatus.OUTPUT_FAILED, said
    assert "--resume goes on with it" in said
    assert (pulled / clinic.table.name).read_bytes() == old
    lost = clinic.lost(clinic.films)
    pulled.rename(clinic.table.parent)
    status, said = clinic.screen("--resume")
    assert (status, said) == (ExitStatus.OK, "")
    assert len(clinic.rows()) == clinic.films
    return lost + clinic.lost(clinic.films)


def resumed_while_running(clinic: Clinic) -> int:
    """Somebody goes on with a screening that is running still: one sentence, and it is not disturbed."""
    process = clinic.start()
    until(lambda: clinic.results() > 1, process)
    process.send_signal(signal.SIGSTOP)  # so that it is running still, however slow the other one is
    try:
        status, said = clinic.screen("--resume", "--csv", str(clinic.folder / "out/other.csv"))
    finally:
        process.send_signal(signal.SIGCONT)
    assert status == ExitStatus.NOTHING_TO_SCREEN, said
    assert "is still running in another Mapafu" in said
    status, said = ended(process)
    assert (status, said) == (ExitStatus.OK, "")
    assert len(clinic.rows()) == clinic.films
    return clinic.lost(clinic.films)


def model_replaced(clinic: Clinic) -> int:
    """Another file takes the model's place, and a new child must read it: refused, until the right one is back."""
    right = clinic.model.read_bytes()
    process = clinic.start()
    until(lambda: clinic.results() > 1, process)
    other = clinic.folder / "other.onnx"
    other.write_bytes(right + b"more")
    other.replace(clinic.model)
    for child in reading_processes(process.pid):
        child.kill()
    status, said = ended(process)
    assert status == ExitStatus.MODEL_UNUSABLE, said
    kept = clinic.results()
    lost = clinic.lost(kept)
    clinic.model.write_bytes(right)
    status, said = clinic.screen("--resume")
    assert status == ExitStatus.OK, said
    return lost + clinic.lost(clinic.films)


def campaign(
    clinic: Clinic, *, kills: int, stores: int, rooms: Sequence[int], tell: Callable[[str], None]
) -> tuple[int, int]:
    """Try every fault, each in a clinic of its own; how many were tried, and how many rows were lost.

    Args:
        clinic: The films and the model that each takes over.
        kills: Kills of one batch.
        stores: Damaged stores.
        rooms: Bytes that no file may grow beyond, in turn, while results are stored.
        tell: Told a line after each fault.
    """
    faults: list[tuple[str, int, Callable[[Clinic], int]]] = [
        ("killed at random moments", kills, lambda here: killed(here, kills)),
        ("the reading child killed", 1, killed_child),
        ("disk full while storing", len(rooms), lambda here: _in_turn(here, disk_full_while_storing, rooms)),
        ("disk full while exporting", 1, disk_full_while_exporting),
        ("store in a folder that may not be written", 1, read_only_folder),
        ("two programs on one store", 1, two_programs),
        ("gone on with while it runs", 1, resumed_while_running),
        ("a store that stays busy", 1, busy_store),
        ("clock set back", 1, clock_set_back),
        ("export target removed", 1, export_target_removed),
        ("model file replaced", 1, model_replaced),
        ("store damaged", stores, lambda here: sum(damaged(here, seed) for seed in range(stores))),
    ]
    tried = lost = 0
    for number, (name, times, fault) in enumerate(faults):
        here = like(clinic, clinic.folder / f"fault-{number}")
        lost_here = fault(here)
        tried, lost = tried + times, lost + lost_here
        tell(f"{name}: {times} tried, {lost_here} rows lost")
        shutil.rmtree(here.folder)
    return tried, lost


def _in_turn(clinic: Clinic, fault: Callable[[Clinic, int], int], sizes: Iterable[int]) -> int:
    """How many rows a fault costs, in as many sizes, each in a clinic of its own."""
    return sum(fault(like(clinic, clinic.folder / f"size-{size}"), size) for size in sizes)


def _limit(room: int) -> None:
    import resource  # which Windows lacks

    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def _script(script: str, path: Path) -> tuple[int, str]:
    return ended(
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    )
