"""`mapafu-train gate`: from folders of films to the gate's network with its card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from training.build import new_network
from training.devices import Devices, share_of, start_processes
from training.films import DataError
from training.gate.export import export_gate
from training.gate.lesson import GateLesson
from training.gate.network import GateNetwork
from training.gate.preparation import GateSources, frontal_films, prepare_gate
from training.loop import teach
from training.recipes import Recipe
from training.run_folder import open_run

DRAWINGS = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRun:
    """What a run of the gate's recipe goes by.

    Attributes:
        out: Folder of the run; it goes on from its last epoch.
        model: The file to write.
        start_weights: ImageNet weights of MobileNetV2; None starts from chance.
        drawings: How many pictures are drawn to be turned away.
        limit: Use only so many films of each role; for trials.
    """

    out: Path
    model: Path
    start_weights: Path | None
    drawings: int = DRAWINGS
    limit: int | None = None


def train_gate(recipe: Recipe, sources: GateSources, run: GateRun) -> None:
    """Train the gate on the processor, choose its limits, measure it, and write network and card.

    Raises:
        DataError: The films cannot be used.
        OutputError: The run's folder cannot be written to.
    """
    fabric = start_processes(Devices(accelerator="cpu"))
    network = new_network(recipe, run.start_weights)
    folder = open_run(run.out, recipe, limit=run.limit, start_weights=run.start_weights, processes=1)
    films = frontal_films(sources, recipe)
    learn, choose = prepare_gate(films, sources, recipe, drawings=run.drawings, limit=run.limit)
    lesson = GateLesson(learn, choose, recipe, share=share_of(fabric, recipe.batch_size), device=fabric.device)
    weights = teach(lesson, network, recipe, folder=folder, fabric=fabric)
    learned = new_network(recipe, None)
    if not isinstance(learned, GateNetwork):
        raise DataError(f"{recipe.name} is no recipe of the gate.")
    learned.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["network"])
    export_gate(learned.eval(), recipe, films, learn, folder=folder, model=run.model, limit=run.limit)
