"""The trained gate as a file: features whitened, limits chosen on held-out films, figures from other ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from engine.films.radiograph import load_radiograph
from engine.model.card import Credit, TrainingRecord
from engine.model.film_gate import (
    GATE_KEY,
    GATE_SCHEMA,
    KINDS,
    FilmGate,
    FilmKind,
    GateCard,
    GateFigure,
    GateLimits,
    Sight,
)
from engine.model.onnx_file import graph_sha256
from training.augment import augment
from training.export.onnx_export import export_network, write_with_card
from training.export.words import CHILDREN_CREDIT, MASKS_CREDIT, WEIGHTS_CREDIT, adults_credit
from training.films import LabelledFilm
from training.gate.lesson import GateFilms, fixed_tone
from training.gate.network import GateNetwork
from training.logits import normalised
from training.recipes import Recipe
from training.run_folder import RunFolder
from training.shipped.exported import Whitening, fit_whitening

OUTPUTS = ("kinds", "embedding")
# Shares of held-out frontal films that each limit leaves on the right side. Log odds below the floor never turn a film
# away, however well the held-out ones are told: films of other hospitals are told less well.
_KIND_PERCENTILE, _KIND_FLOOR = 99.8, -2.5
# Not chosen on films: adult films that lie on their side are among those labelled frontal, about one in forty.
_TURN = 0.5
_ODD_PERCENTILE, _ODD_MARGIN = 99.8, 1.1
_FITTED_ON = 1500  # films whose features are whitened, each as it is and changed as in training
_BATCH = 64
_SLICES = Credit(what="CT slices: DeepLesion (NIH), as in CADLab's sample", who="NIH Clinical Center", licence="MIT")
NO_LIMITS = GateLimits(side_view=np.inf, cut_off=np.inf, other=np.inf, turn=_TURN, odd=np.inf)


class ExportedGate(nn.Module):
    """What is exported: films in; `kinds` (B, 7) and `embedding` (B, D), whitened, out."""

    def __init__(self, network: GateNetwork, whitening: Whitening) -> None:
        super().__init__()
        self.network = network
        self.mean = nn.Buffer(torch.from_numpy(whitening.mean))
        self.directions = nn.Buffer(torch.from_numpy(whitening.directions))

    def forward(self, films: Tensor) -> tuple[Tensor, Tensor]:
        """Look at normalised films (B, 1, S, S)."""
        sight = self.network(films)
        return sight.kinds, (sight.features - self.mean) @ self.directions


def export_graph(network: GateNetwork, learn: GateFilms, recipe: Recipe) -> bytes:
    """The network as an ONNX graph, its features whitened on upright films that it learned from."""
    picked = np.random.default_rng(recipe.seed).permutation(len(learn.films))[:_FITTED_ON]
    films = torch.from_numpy(learn.films[np.sort(picked)])[:, None]
    size, chance = recipe.input_spec.size, torch.Generator().manual_seed(recipe.seed)
    parts = []
    with torch.inference_mode():
        for batch in torch.split(films, _BATCH):
            unit = batch.float() / 255.0
            plain = F.interpolate(unit, size=(size, size), mode="area")
            changed = fixed_tone(augment(unit, size, recipe.augmentation, chance), recipe)
            parts += [network(normalised(part, recipe.input_spec)).features.double() for part in (plain, changed)]
    features = torch.cat(parts).numpy()
    whitening = fit_whitening(features, np.ones(len(features)))
    return export_network(ExportedGate(network, whitening), OUTPUTS, size=size)


def unlimited_card(graph: bytes, recipe: Recipe, folder: RunFolder) -> GateCard:
    """A card for a graph whose limits are not chosen yet, so that it turns nothing away."""
    return GateCard(
        schema_version=GATE_SCHEMA,
        kinds=tuple(map(str, KINDS)),
        input=recipe.input_spec,
        limits=NO_LIMITS,
        figures=(),
        credits=(CHILDREN_CREDIT, MASKS_CREDIT, adults_credit("learned from"), _SLICES, WEIGHTS_CREDIT),
        training=TrainingRecord(
            recipe=recipe.name, command=folder.config["command"], commit=folder.config["commit"], seed=recipe.seed
        ),
        graph_sha256=graph_sha256(graph),
    )


def see(gate: FilmGate, films: Sequence[LabelledFilm], *, what: str) -> list[Sight]:
    """What the gate makes of films once they are upright. Raises FilmError."""
    return [
        gate.set_upright(load_radiograph(film.path).pixels)[1]
        for film in track(films, description=f"Looking at {what}")
    ]


def choose_limits(groups: Sequence[Sequence[Sight]]) -> GateLimits:
    """Limits that nearly all upright films keep, of each group by itself: the group that needs more decides."""

    def limit(values: list[NDArray[np.float64]], percentile: float) -> float:
        return max(float(np.percentile(part, percentile)) for part in values if len(part))

    def kind_limit(kind: FilmKind) -> float:
        odds = [np.array([sight.log_odds(kind) for sight in group]) for group in groups]
        return max(limit(odds, _KIND_PERCENTILE), _KIND_FLOOR)

    oddness = [np.array([sight.oddness for sight in group]) for group in groups]
    return GateLimits(
        side_view=kind_limit(FilmKind.SIDE_VIEW),
        cut_off=kind_limit(FilmKind.CUT_OFF),
        other=kind_limit(FilmKind.OTHER),
        turn=_TURN,
        odd=_ODD_MARGIN * limit(oddness, _ODD_PERCENTILE),
    )


def write_gate(graph: bytes, card: GateCard, figures: Sequence[GateFigure], path: Path) -> None:
    """Write network and card as one file, in one step."""
    write_with_card(graph, GATE_KEY, replace(card, figures=tuple(figures)).to_json(), path)
