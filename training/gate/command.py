"""`mapafu-train gate`: from folders of films to the gate's network with its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.model.film_gate import FilmGate, GateFigure
from training.build import new_network
from training.devices import Devices, share_of, start_processes
from training.films import DataError, LabelledFilm
from training.gate.export import choose_limits, export_graph, see, unlimited_card, write_gate
from training.gate.lesson import GateLesson
from training.gate.measure import cut_films, let_through, turned
from training.gate.network import GateNetwork
from training.gate.preparation import GateSources, frontal_films, prepare_gate
from training.loop import teach
from training.recipes import Recipe
from training.run_folder import open_run

CUT = "children, more than a third of a lung cut away"
_REPORTED = 350  # films of each group that the card's figures come from; `gate-report` takes them all
_TURNS = {2: "upside down", 1: "turned to the right", 3: "turned to the left"}


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
    drawings: int
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
    graph = export_graph(learned.eval(), learn, recipe)
    card = unlimited_card(graph, recipe, folder)
    eye = FilmGate(graph, card)
    groups = [
        see(eye, spread(part, run.limit), what=f"{who} to choose limits on")
        for who, part in split_by_age(films.choose, sources).items()
    ]
    card = replace(card, limits=choose_limits(groups))
    most = min(run.limit or _REPORTED, _REPORTED)
    report = {who: spread(part, most) for who, part in split_by_age(films.report, sources).items()}
    write_gate(graph, card, measure_frontal(FilmGate(graph, card), report, sources), run.model)


def spread(films: Sequence[LabelledFilm], most: int | None) -> list[LabelledFilm]:
    """At most so many films, from all over the list; None takes all."""
    if most is None or len(films) <= most:
        return list(films)
    return [films[len(films) * place // most] for place in range(most)]


def split_by_age(films: Sequence[LabelledFilm], sources: GateSources) -> dict[str, list[LabelledFilm]]:
    """Films of children and films of adults, by the folder that they lie in."""
    groups: dict[str, list[LabelledFilm]] = {"children": [], "adults": []}
    for film in films:
        groups["children" if film.path.is_relative_to(sources.data) else "adults"].append(film)
    return groups


def measure_frontal(
    gate: FilmGate, films: Mapping[str, Sequence[LabelledFilm]], sources: GateSources
) -> list[GateFigure]:
    """What the gate does right with films that it neither learned from nor had its limits chosen on."""
    figures = []
    for who, part in films.items():
        paths = [film.path for film in part]
        plain = let_through(gate.turns_needed, paths, what=f"{who}, as they are")
        right = sum(film.reason is None for film in plain)
        figures.append(GateFigure(films=f"{who}, as they are", count=len(plain), right=right))
        for turns, how in _TURNS.items():
            seen = let_through(gate.turns_needed, paths, what=f"{who}, {how}", change=turned(turns))
            # Some lie on their side to begin with.
            right = sum(
                film.reason is None and film.turns == (first.turns + turns) % 4
                for film, first in zip(seen, plain, strict=True)
            )
            figures.append(GateFigure(films=f"{who}, {how}", count=len(seen), right=right))
    cut = cut_films(gate.turns_needed, films["children"], data=sources.data, masks=sources.lung_masks)
    figures.append(GateFigure(films=CUT, count=len(cut), right=sum(film.reason is not None for film in cut)))
    return figures
