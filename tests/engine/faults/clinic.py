"""A small clinic: a folder of drawn films, a store of its own, and the program run on both as a process."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Verdict
from tests.builders import phantom
from tests.engine.model.models import write_tiny_model
from tests.programs import command_of, environment

_OUTPUTS = {"logits": np.array([1.0, 0.0, 0.0]), "heat": np.full((14, 14), 0.75)}
_PATIENCE = 300.0


@dataclass
class Clinic:
    """Where a fault happens.

    Attributes:
        folder: Where all lies; made by `open_clinic`.
        films: How many there are.
        said: What each verdict that was confirmed said, by its number.
    """

    folder: Path
    films: int
    said: dict[int, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.folder / "home" / FILE_NAME

    @property
    def table(self) -> Path:
        """The table that a screening writes."""
        return self.folder / "out/table.csv"

    @property
    def model(self) -> Path:
        """A model of its own."""
        return self.folder / "model.onnx"

    def start(self, *options: str, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """Start the program on the films."""
        arguments = ("films", "--model", str(self.model), "--csv", str(self.table), "--quiet", *options)
        return subprocess.Popen(
            command_of("mapafu-screen", *arguments),
            cwd=self.folder,
            env=environment(MAPAFU_HOME=str(self.store.parent)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )

    def screen(self, *options: str, before: Callable[[], None] | None = None) -> tuple[int, str]:
        """Run the program to its end: its exit status, and what it said."""
        return ended(self.start(*options, before=before))

    def results(self) -> int:
        """How many results are kept; 0 while there is no store."""
        if not self.store.exists():
            return 0
        with Store(self.store) as store:
            return sum(session.results for session in store.sessions.newest(50))

    def read_a_film(self) -> None:
        """Give a verdict on some film of the newest session, and remember it once the store has confirmed it."""
        with Store(self.store) as store:
            session = store.sessions.newest()[0]
            stored = (
                store.results.at(session.session_id, random.randrange(session.results)) if session.results else None
            )
            if stored is not None:
                entry = store.verdicts.give(
                    random.choice(list(Verdict)),
                    film_id=stored.film_id,
                    session_id=session.session_id,
                    reader=store.verdicts.reader("AB"),
                    note=f"number {len(self.said)}",
                )
                self.said[entry.verdict_id] = f"{entry.verdict} {entry.note}"

    def lost(self, results: int) -> int:
        """How many of so many results, and of the verdicts that were confirmed, are not there, or there twice.

        A log that does not hold counts as one.
        """
        with Store(self.store) as store:
            session = store.sessions.newest()[0]
            kept = list(store.results.of_session(session.session_id))
            paths = {stored.result.path for stored in kept}
            entries = {
                entry.verdict_id: f"{entry.verdict} {entry.note}"
                for film_id in {stored.film_id for stored in kept}
                for entry in store.verdicts.of_film(film_id)
            }
            broken = store.log.check().fault is not None
        missing = sum(entries.get(number) != words for number, words in self.said.items())
        return abs(results - len(kept)) + len(kept) - len(paths) + missing + broken

    def rows(self) -> list[str]:
        """The files in the table, in its order."""
        with self.table.open(encoding="utf-8-sig", newline="") as stream:
            return [row["file"] for row in csv.DictReader(stream)]


def open_clinic(folder: Path, films: int) -> Clinic:
    """Make the films, which all differ, and the model."""
    clinic = Clinic(folder, films)
    for path in (folder / "films", folder / "home", folder / "out"):
        path.mkdir(parents=True)
    picture = Image.fromarray((phantom(440, 400) * 255).astype(np.uint8))
    for number in range(films):
        cut = picture.crop((0, 0, picture.width - number % 20, picture.height - number // 20))
        cut.save(folder / f"films/{number:03}.png", compress_level=1)
    write_tiny_model(clinic.model, _OUTPUTS)
    return clinic


def like(clinic: Clinic, folder: Path) -> Clinic:
    """Another clinic with the same films and model, and nothing kept yet."""
    shutil.copytree(clinic.folder / "films", folder / "films")
    shutil.copyfile(clinic.model, folder / "model.onnx")
    for name in ("home", "out"):
        (folder / name).mkdir()
    return Clinic(folder, clinic.films)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit status of a process and what it said, once it has ended; AssertionError where it hangs."""
    try:
        _, said = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError("the program hangs") from None
    assert "Traceback" not in said, said
    return process.returncode, said


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, or the process has ended."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and not condition():
        assert time.monotonic() < deadline, "nothing happens"
        time.sleep(0.01)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill -9, as a power cut would."""
    process.kill()
    process.communicate()
