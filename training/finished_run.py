"""A run that has come to its end: its settings and its network, whatever the recipe."""

from __future__ import annotations

import csv
import dataclasses
import json
import pickle
import types
import typing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.build import build_network
from training.films import DataError
from training.loop import stopped_early
from training.recipes import NetworkName, Recipe

# Settings that older runs did not write down, as they were then.
_BEFORE = {"network": NetworkName.MOBILENETV2.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """The settings of a run, as they stand beside its weights.

    Attributes:
        epochs: Epochs done; fewer than the recipe's where the run stopped early.
        limit: Films of each role that a trial was held to; None where all were used.
        start_weights: Name of the file that the network started from; None where it started from chance.
    """

    folder: Path
    recipe: Recipe
    epochs: int
    limit: int | None
    start_weights: str | None
    command: str
    commit: str

    @property
    def weights(self) -> Path:
        """The file with the weights of the best epoch."""
        return self.folder / "weights.pt"


def read_run(folder: Path) -> FinishedRun:
    """The settings of a finished run. Raises DataError where there is none, or where it is not at its end."""
    try:
        text = (folder / "config.json").read_text(encoding="utf-8")
        with (folder / "epochs.csv").open(encoding="utf-8", newline="") as stream:
            aurocs = [float(row["auroc_choose"]) for row in csv.DictReader(stream)]
    except OSError as error:
        raise DataError(f"{folder} holds no finished run. Train first: mapafu-train run.") from error
    except (ValueError, KeyError) as error:
        raise DataError(
            f"The epochs.csv or config.json in {folder} is damaged. Train again into another folder."
        ) from error
    try:
        config = json.loads(text)
        run = FinishedRun(
            folder=folder,
            recipe=_build(Recipe, {**_BEFORE, **config}),
            epochs=len(aurocs),
            limit=config["limit"],
            start_weights=config["start_weights"],
            command=config["command"],
            commit=config["commit"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{folder / 'config.json'} cannot be read ({error}). Train again into another folder."
        ) from error
    if run.epochs < run.recipe.epochs and not stopped_early(aurocs, run.recipe.patience):
        raise DataError(
            f"{folder} holds {run.epochs} of {run.recipe.epochs} epochs. Let the run go on to its end first."
        )
    return run


def load_run(folder: Path) -> tuple[Recipe, nn.Module]:
    """The recipe of a finished run and its network with the best weights, ready to predict. Raises DataError."""
    run = read_run(folder)
    try:
        network = build_network(run.recipe)
        network.load_state_dict(torch.load(run.weights, map_location="cpu", weights_only=True)["network"])
    except FileNotFoundError as error:
        raise DataError(f"{folder} holds no finished run. Train first: mapafu-train run.") from error
    except (OSError, RuntimeError, EOFError, ValueError, LookupError, TypeError, pickle.UnpicklingError) as error:
        raise DataError(f"{run.weights} does not fit the run's settings. Train again into another folder.") from error
    return run.recipe, network.eval()


def _build(kind: Any, raw: Any) -> Any:
    """Parsed JSON as `kind`; fields that it lacks keep their defaults. Raises TypeError or ValueError."""
    if dataclasses.is_dataclass(kind):
        if not isinstance(raw, dict):
            raise TypeError(f"{raw!r} should be an object")
        hints = typing.get_type_hints(kind)
        return kind(**{name: _build(hint, raw[name]) for name, hint in hints.items() if name in raw})  # type: ignore[operator]
    if typing.get_origin(kind) is types.UnionType:
        return None if raw is None else _build(typing.get_args(kind)[0], raw)
    if typing.get_origin(kind) is tuple:
        if not isinstance(raw, list):
            raise TypeError(f"{raw!r} should be a list")
        return tuple(_build(part, item) for part, item in zip(typing.get_args(kind), raw, strict=True))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(raw)
    if kind is float and type(raw) is int:
        return float(raw)
    if isinstance(kind, type) and type(raw) is not kind:
        raise TypeError(f"{raw!r} should be {kind.__name__}")
    return raw
