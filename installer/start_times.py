"""How long the installed program takes to start, beside the same program from source."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_SAMPLE = _ROOT / "resources" / "samples" / "phantom-01.jpg"


def start_table(folder: Path, *, rounds: int) -> str:
    """Medians over rounds in turn, in Markdown: until the window is painted, and one film from start to end.

    Args:
        folder: The program's folder. The one from source runs in the environment that runs this.
    """
    suffix = ".exe" if sys.platform == "win32" else ""
    window = ([str(folder / f"mapafu{suffix}")], [sys.executable, "-m", "desktop"])
    screen = ([str(folder / f"mapafu-screen{suffix}")], [sys.executable, "-m", "engine"])
    taken = {
        "the window, until it is painted": _medians(window, ["--time-start"], rounds),
        "`mapafu-screen`, one film": _medians(screen, [str(_SAMPLE), "--quiet", "--out", "out"], rounds),
    }
    lines = ["| start | installed, s | from source, s | ratio |", "|---|---|---|---|"]
    for name, (installed, source) in taken.items():
        lines.append(f"| {name} | {installed:.2f} | {source:.2f} | {installed / source:.2f} |")
    return "\n".join(lines)


def _medians(programs: Sequence[Sequence[str]], words: Sequence[str], rounds: int) -> list[float]:
    taken: list[list[float]] = [[] for _ in programs]
    with tempfile.TemporaryDirectory() as home:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment = {**kept, "MAPAFU_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(_ROOT)}
        for turn in range(rounds + 1):
            for program, times in zip(programs, taken, strict=True):
                started = time.perf_counter()
                subprocess.run([*program, *words], env=environment, cwd=home, check=True, capture_output=True)
                if turn > 0:  # the first one has the disk to wait for
                    times.append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]
