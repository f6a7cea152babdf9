"""The two programs as processes: of this checkout, or the installed ones in the folder that MAPAFU_INSTALLED names.

A test with the mark `program` holds for both; `python -m tests.installed tests FOLDER` tries the installed ones.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import psutil

CHECKOUT = Path(__file__).parents[1]
INSTALLED_VARIABLE = "MAPAFU_INSTALLED"
_PACKAGES = {"mapafu": "desktop", "mapafu-screen": "engine"}


def command_of(program: Literal["mapafu", "mapafu-screen"], *words: str | Path) -> list[str]:
    """The words that start a program."""
    folder = os.environ.get(INSTALLED_VARIABLE)
    start = [str(Path(folder, program))] if folder else [sys.executable, "-m", _PACKAGES[program]]
    return [*start, *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    """What a program started from any folder finds in its environment. An installed one finds nothing of Python's."""
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if os.environ.get(INSTALLED_VARIABLE):
        variables = {name: value for name, value in variables.items() if not name.startswith("PYTHON")}
    else:
        variables |= {"PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"}
    return variables | more


def as_nobody(imports: str, work: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Python run with no rights but everybody's. What it takes is imported before, while that may still be read."""
    give_up = "if os.geteuid() == 0:\n    os.setgroups([])\n    os.setgid(65534)\n    os.setuid(65534)"
    lines = ("import os, sys", "from pathlib import Path", imports, give_up, work)
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines), *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


def hear_ctrl_c() -> None:
    """For a new process. One that is started in the background of a script does not hear it, and passes that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def reading_processes(program: int | None = None) -> list[psutil.Process]:
    """The children of a process, by default this one, that read files; multiprocessing's own helper is none of them."""
    found: list[psutil.Process] = []
    try:
        children = psutil.Process(program).children(recursive=True)
    except psutil.NoSuchProcess:
        return found
    for child in children:
        try:
            if "--multiprocessing-fork" in child.cmdline():
                found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found
