"""The installed program on a PC of 4 GB: what the system says of its memory is replaced, and no more can be had.

Needs root, and control groups of the first version. Another system would have taken about 1.5 GB already.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.installed.checks import check_window
from tests.installed.program import Installed

_TOTAL, _LEFT = 4_000_000_000, 2_500_000_000
_GROUPS = Path("/sys/fs/cgroup/memory")
# The namespace of mounts is the program's own, so that nothing else sees the other figures.
_INSIDE = 'mount --bind "$1" /proc/meminfo && echo $$ > "$2/cgroup.procs" && shift 2 && exec "$@"'


def try_on_small_pc(folder: Path, films: Path, picture: Path) -> str:
    """Screen films by command line and in the window. Raises AssertionError where a row is lost or the window ends."""
    group = _GROUPS / "mapafu-small"
    group.mkdir(exist_ok=True)
    (group / "memory.limit_in_bytes").write_text(str(_LEFT))
    try:
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            (home / "meminfo").write_text(_meminfo())
            prefix = ("unshare", "-m", "sh", "-c", _INSIDE, "sh", str(home / "meminfo"), str(group))
            installed = Installed(folder=folder, home=home)
            with _Peak(group) as screening:
                done = subprocess.run(
                    [*prefix, *installed.command("mapafu-screen", films, "--out", home / "results", "--quiet")],
                    env=installed.variables(), capture_output=True, text=True, check=False,
                )  # fmt: skip
            assert done.returncode == 0, done.stderr
            rows = Counter(row["status"] if row["status"] == "scored" else row["reason"]
                           for row in installed.rows(home / "results"))  # fmt: skip
            assert "too_large" not in rows, rows
            with _Peak(group) as window:
                check_window(replace(installed, prefix=prefix), films, picture)
            refused = int((group / "memory.failcnt").read_text())
    finally:
        group.rmdir()
    return (
        f"a PC of 4 GB, {_LEFT / 1e9:.1f} GB of it left: {dict(rows)}; most memory {screening.megabytes} MB by command "
        f"line, {window.megabytes} MB in the window; refused {refused} times"
    )


def _meminfo() -> str:
    text = Path("/proc/meminfo").read_text()
    for name, size in (("MemTotal", _TOTAL), ("MemAvailable", _LEFT), ("MemFree", _LEFT)):
        text = re.sub(rf"^{name}:.*$", f"{name}: {size // 1024:>14} kB", text, flags=re.MULTILINE)
    return text


class _Peak:
    """The most memory that the processes of a group had for themselves, looked at ten times a second."""

    def __init__(self, group: Path) -> None:
        self.megabytes = 0
        self._stat = group / "memory.stat"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            found = re.search(r"^rss (\d+)$", self._stat.read_text(), re.MULTILINE)
            if found is not None:
                self.megabytes = max(self.megabytes, int(found[1]) // 1_000_000)
