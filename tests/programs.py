"""The two programs as processes: of this checkout, or the installed ones in the folder that MAPAFU_INSTALLED names.

A test with the mark `program` holds for both; `python -m tests.installed tests FOLDER` tries the installed ones.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import psutil
import pytest

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


def without_rights() -> list[str]:
    """Words before a command for somebody to whom a closed folder is closed, as it is not to root."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may look everywhere, and there is no setpriv")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]


def start_as_a_terminal_does(command: Sequence[str], *, folder: Path) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, so that Ctrl-C can be sent to all of it, and is heard."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )


def _hear_ctrl_c() -> None:
    # What is started in the background of a script does not hear it, and passes that on.
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
