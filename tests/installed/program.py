"""The installed programs, run as a person would, where they lie or inside another tree."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Where the programs are and how they are called.

    Attributes:
        folder: Holds `mapafu` and `mapafu-screen`, as seen from within.
        home: The home folder of who runs them, as seen from within.
        tree: What is the root directory for them.
        prefix: Words before the program, such as `chroot` and its own.
        environment: Variables besides PATH, HOME and LANG.
    """

    folder: Path
    home: Path
    tree: Path = Path("/")
    prefix: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def outside(self, path: Path) -> Path:
        """A path of within, as seen from here."""
        return self.tree / path.relative_to("/")

    def command(self, program: str, *words: str | Path) -> list[str]:
        return [*self.prefix, str(self.folder / program), *(str(word) for word in words)]

    def variables(self, **more: str) -> dict[str, str]:
        # Nothing of Python's own from here: the program carries what it needs.
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", **self.environment, **more
        }  # fmt: skip

    def run(self, program: str, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        where = self.outside(self.home) if not self.prefix else None
        return subprocess.run(
            self.command(program, *words), env=self.variables(**more), cwd=where, capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=600,
        )  # fmt: skip

    def screen(self, folder: Path, out: Path) -> list[dict[str, str]]:
        """Screen a folder and return the rows of the table. Raises AssertionError where the program fails."""
        done = self.run("mapafu-screen", folder, "--out", out)
        assert done.returncode == 0, f"mapafu-screen ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return self.rows(out)

    def rows(self, out: Path) -> list[dict[str, str]]:
        """The table in a folder of results."""
        with self.outside(out / "mapafu.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))
