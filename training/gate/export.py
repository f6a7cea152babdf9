"""The trained gate as a file: features whitened, limits chosen on held-out films, figures from other ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from engine.films.radiograph import load_radiograph
from engine.model.card import Credit, TrainingRecord
from engine.model.film_gate import (
    GATE_KEY,
    GATE_SCHEMA,
    KINDS,
    TURNS,
    FilmGate,
    FilmKind,
    GateCard,
    GateFigure,
    GateLimits,
    Sight,
)
from engine.errors import FilmRejectedError
from engine.model.onnx_file import graph_sha256
from training.augment import augment
from training.export.onnx_export import export_network
from training.export.words import CHILDREN_CREDIT, MASKS_CREDIT, WEIGHTS_CREDIT, adults_credit
from training.films import LabelledFilm
from training.gate.lesson import GateFilms, fixed_tone
from training.gate.network import GateNetwork
from training.gate.preparation import FrontalFilms
from training.logits import normalised
from training.recipes import Recipe
from training.run_folder import RunFolder
from training.shipped.exported import Whitening, fit_whitening
