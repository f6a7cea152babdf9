"""A trained network as the bytes of an ONNX graph, with its heat on a fixed scale and its embedding whitened."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.model.preprocess import InputSpec
from training.export.onnx_export import export_network
from training.films import DataError, LabelledFilm, load_squares
from training.logits import normalised
from training.networks import HeatScale, MobileNetV2, ScreeningNetwork, cell_log_odds
from training.shipped import exported
from training.shipped.network import ReadingNetwork

_BATCH = 32


def export_graph(
    network: nn.Module,
    spec: InputSpec,
    *,
    choose: Sequence[LabelledFilm],
    children: Sequence[LabelledFilm],
    adults: Sequence[LabelledFilm],
) -> bytes:
    """Export a trained network.

    Args:
        network: In evaluation mode.
        spec: Its input.
        choose: Films of children that the heat is scaled on.
        children, adults: Films it learned from, which the embedding is whitened on; children and adults alike.

    Raises:
        DataError: The network has no map to make heat of, or the films cannot be used.
    """
    if isinstance(network, MobileNetV2):
        scale = fit_heat(lambda films: cell_log_odds(network(films)), choose, spec)
        return export_network(ScreeningNetwork(network, scale), ("logits", "heat"), size=spec.size)
    if isinstance(network, ReadingNetwork):
        scale = fit_heat(lambda films: network(films).heat, choose, spec)
        parts = [_read(lambda films: network(films).features, films, spec) for films in (children, adults) if films]
        weights = np.concatenate([np.full(len(part), 1.0 / len(part)) for part in parts])
        whitening = exported.fit_whitening(np.concatenate(parts).astype(np.float64), weights)
        return export_network(exported.ExportedReading(network, scale, whitening), exported.OUTPUTS, size=spec.size)
    raise DataError("Only a network with class maps can be exported. Train mapafu or mobilenetv2_transfer.")


def fit_heat(cells: Callable[[Tensor], Tensor], films: Sequence[LabelledFilm], spec: InputSpec) -> HeatScale:
    """Fix the scale of heat on films kept for choosing.

    Heat 0.5 is what 99 % of the cells of normal films stay below; 1 % of the cells of films with pneumonia reach
    0.95. Both are fixed for good, so that the heat of two films can be compared.

    Args:
        cells: From normalised films (B, 1, S, S) to the log odds of their cells (B, 1, h, w).
        films: Films of children.
        spec: The network's input.
    """
    odds = _read(cells, films, spec)
    ill = np.array([film.label > 0 for film in films])
    middle = float(np.percentile(odds[~ill], 99.0))
    top = float(np.percentile(odds[ill], 99.0))
    if top <= middle:
        raise DataError("The network is no warmer on films with pneumonia than on normal ones. Train it for longer.")
    return HeatScale(middle, (top - middle) / math.log(0.95 / 0.05))


@torch.no_grad()
def _read(part: Callable[[Tensor], Tensor], films: Sequence[LabelledFilm], spec: InputSpec) -> NDArray[np.float32]:
    loaded = load_squares(films, spec, size=spec.size, what="films to scale on")
    if loaded.unreadable:
        path, reason = loaded.unreadable[0]
        raise DataError(f"{path} cannot be measured: {reason}")
    batches = torch.split(torch.from_numpy(loaded.squares).unsqueeze(1), _BATCH)
    return torch.cat([part(normalised(batch.float() / 255.0, spec)) for batch in batches]).numpy()
