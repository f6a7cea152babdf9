"""What the installed program must do wherever it is installed. Each check says in a line what it saw, or fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import ImageGrab

from tests.engine.films.syntaxes import EXACT, SYNTAXES, write_packed
from tests.installed.program import Installed
from tests.programs import reading_processes

_DISPLAY = 97


def check_self_test(installed: Installed) -> str:
    """The program's own test of itself, in versions that have one."""
    if "--self-test" not in installed.run("mapafu-screen", "--help").stdout:
        return "self-test: this version has none"
    done = installed.run("mapafu-screen", "--self-test")
    assert done.returncode == 0, f"self-test:\n{done.stdout}\n{done.stderr}"
    return "self-test: passed"


def check_samples(installed: Installed, samples: Path, out: Path) -> str:
    """The bundled samples: twelve films are scored, and two files that are no films are told."""
    rows = installed.screen(samples, out)
    seen = Counter(row["status"] for row in rows)
    assert seen == {"scored": 12, "rejected": 1, "failed": 1}, seen
    return f"samples: {dict(seen)}"


def check_syntaxes(installed: Installed, folder: Path, out: Path) -> str:
    """One film in every transfer syntax that can be read: decoded, and scored as the plain one is."""
    outside = installed.outside(folder)
    outside.mkdir(parents=True)
    for index, syntax in enumerate(SYNTAXES):
        write_packed(outside / f"{index:02}.dcm", syntax)
    rows = {Path(row["file"]).stem: row for row in installed.screen(folder, out)}
    plain = float(rows["01"]["probability"])
    for index, syntax in enumerate(SYNTAXES):
        row = rows[f"{index:02}"]
        assert row["status"] == "scored", f"{syntax.name}: {row['status']} {row['reason']}"
        far = abs(float(row["probability"]) - plain)
        assert far <= (0.01 if syntax.tolerance == EXACT else 0.03), f"{syntax.name}: {far} from {plain}"
    return f"transfer syntaxes: {len(SYNTAXES)} of {len(SYNTAXES)} decoded and scored alike"


def check_lost_reader(installed: Installed, samples: Path, out: Path) -> str:
    """The reading process is killed at work: another takes over, and every file has its row."""
    program = subprocess.Popen(
        installed.command("mapafu-screen", samples, "--out", out, "--quiet"),
        env=installed.variables(MAPAFU_HOME=str(installed.home / "of-a-lost-reader")),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (readers := reading_processes(program.pid)) and program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    assert readers, "there was no reading process"
    readers[0].kill()
    _, said = program.communicate(timeout=300)
    assert program.returncode == 0, said
    seen = Counter(row["status"] for row in installed.rows(out))
    assert seen.total() == 14, seen
    assert seen["scored"] >= 11, seen
    return f"a reading process killed at work: {dict(seen)}"


def check_portable(folder: Path, picture: Path, *, stick: Path | None = None) -> str:
    """With the mark beside it, the program keeps its data beside itself and nothing in the home folder.

    Args:
        folder: The program's folder.
        picture: For the window, twice opened, the second time with what was kept.
        stick: A folder on the drive to try it on; None for the drive that the folder lies on.
    """
    with tempfile.TemporaryDirectory(dir=stick or folder.parent) as name, tempfile.TemporaryDirectory() as home:
        copy = Path(name) / "mapafu"
        if stick is None:
            shutil.copytree(folder, copy, copy_function=os.link)
        else:  # whose file system may know neither links nor times of folders
            subprocess.run(["cp", "-r", folder, copy], check=True)
        (copy / "portable").touch()
        installed = Installed(folder=copy, home=Path(home))
        samples = copy / "_internal" / "resources" / "samples"
        check_samples(installed, samples, Path(name) / "results")
        for _ in range(2):
            check_window(installed, samples, picture)
        verified = installed.run("mapafu-screen", "--verify-log")
        assert verified.returncode == 0, verified.stderr
        kept = sorted(path.name for path in (copy / "mapafu-data").iterdir())
        assert "results.sqlite" in kept, kept
        at_home = [path for path in Path(home).rglob("*") if path.is_file() and "fontconfig" not in path.parts]
        assert not at_home, at_home
    return f"portable: beside the program {', '.join(kept)}; in the home folder nothing"


def check_window(installed: Installed, samples: Path, picture: Path, *, seconds: float = 25.0) -> str:
    """The window on a screen of its own: photographed with the samples screened, then closed in good order."""
    display = f":{_DISPLAY}"
    with tempfile.TemporaryDirectory() as unused:
        screen = subprocess.Popen(
            ["Xvfb", display, "-screen", "0", "1366x768x24", "-nolisten", "tcp"], cwd=unused,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(2.0)
            program = subprocess.Popen(
                installed.command("mapafu", samples), env=installed.variables(DISPLAY=display),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            time.sleep(seconds)
            grabbed = ImageGrab.grab(xdisplay=display)
            picture.parent.mkdir(parents=True, exist_ok=True)
            grabbed.save(picture)
            os.kill(program.pid, signal.SIGINT)
            _, said = program.communicate(timeout=30)
        finally:
            screen.terminate()
            screen.wait()
    shades = len(grabbed.convert("L").getcolors() or ())
    assert program.returncode == 0, f"the window ended with {program.returncode}: {said}"
    assert shades > 50, "the screen is empty"
    return f"window: opened, photographed ({picture}), closed in good order" + (f"; it said: {said}" if said else "")
