"""The folder of one run: its settings, its figures, its last good checkpoint and its best weights."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine.errors import OutputError
from training.curves import draw_epochs
from training.films import DataError
from training.recipes import Recipe
from training.record import current_commit, given_command

WEIGHTS, CHECKPOINT, CONFIG, EPOCHS, CURVES = "weights.pt", "checkpoint.pt", "config.json", "epochs.csv", "curves.png"


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """Where a run is kept; whatever cannot be written raises OutputError and leaves the last good files as they were.

    Attributes:
        config: All settings, the command and the commit that the run was begun with.
        earlier: What the checkpoint held when the run was opened; None for a new run.
    """

    path: Path
    config: dict[str, Any]
    earlier: dict[str, Any] | None

    @property
    def weights(self) -> Path:
        """The weights of the best epoch."""
        return self.path / WEIGHTS

    def write_config(self) -> None:
        """Write the settings, and make the folder where there is none."""
        with _room_for(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / CONFIG).write_text(json.dumps(self.config, indent=2) + "\n", encoding="utf-8")

    def save_weights(self, network: dict[str, Any]) -> None:
        """Keep the state of a network as the best so far."""
        self._save({"network": network}, WEIGHTS)

    def save_checkpoint(self, state: dict[str, Any]) -> None:
        """Keep everything that the run needs to go on from here."""
        self._save({**state, "config": self.config}, CHECKPOINT)

    def write_history(self, history: list[dict[str, float]]) -> None:
        """Write the figures of all epochs as a table and as curves."""
        with _room_for(self.path):
            with (self.path / EPOCHS).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, fieldnames=list(history[0]))
                writer.writeheader()
                writer.writerows(history)
            draw_epochs(history, self.path / CURVES)

    def _save(self, state: dict[str, Any], name: str) -> None:
        # Written from memory, since torch.save itself does not say why a disk refuses.
        buffer = io.BytesIO()
        torch.save(state, buffer)
        partial = (self.path / name).with_suffix(".partial")
        with _room_for(self.path):
            try:
                partial.write_bytes(buffer.getbuffer())
                partial.replace(self.path / name)
            except OSError:
                partial.unlink(missing_ok=True)
                raise


def open_run(out: Path, recipe: Recipe, *, limit: int | None, start_weights: Path | None, processes: int) -> RunFolder:
    """A new run, or one to go on with, whose settings have to be the same. Writes nothing.

    Raises:
        DataError: The folder holds a run with other settings, or its checkpoint is damaged.
    """
    settings = {
        **dataclasses.asdict(recipe),
        "limit": limit,
        "start_weights": start_weights.name if start_weights is not None else None,
        "processes": processes,
    }
    settings = json.loads(json.dumps(settings))
    checkpoint = out / CHECKPOINT
    if not checkpoint.exists():
        return RunFolder(out, {**settings, "command": given_command(), "commit": current_commit()}, None)
    try:
        earlier = torch.load(checkpoint, weights_only=True, map_location="cpu")
        config: dict[str, Any] = earlier["config"]
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        raise DataError(f"{checkpoint} is damaged. Remove it to begin again, or choose another folder.") from error
    changed = [name for name, value in settings.items() if config.get(name) != value]
    if changed:
        raise DataError(f"{out} holds a run with another {', '.join(changed)}. Choose another folder.")
    return RunFolder(out, config, earlier)


def require_run(out: Path) -> None:
    """Raises DataError where a folder holds no run that was begun."""
    if not (out / CONFIG).exists():
        raise DataError(f"There is no run in {out} to go on with. Leave out --resume to begin one.")


def read_history(folder: Path) -> list[dict[str, float]]:
    """The figures of each epoch that a run has finished. Raises DataError where there are none."""
    try:
        with (folder / EPOCHS).open(encoding="utf-8", newline="") as stream:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)]
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} holds no figures of a run. Train first: mapafu-train run.") from error


@contextmanager
def _room_for(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written to ({error.strerror}). Make room there and give the command again: "
            "it goes on from the last epoch that was saved."
        ) from error
