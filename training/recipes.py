"""Recipes: everything that decides what a training run does, each in one readable definition."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.model.preprocess import InputSpec
from training.augment import Augmentation
from training.films import FoldPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The settings of one training run; it is saved beside the weights."""

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    label_smoothing: float
    dropout: float
    seed: int = 1
    input_spec: InputSpec = field(
        default_factory=lambda: InputSpec(size=224, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)
    )
    augmentation: Augmentation = field(default_factory=Augmentation)
    folds: FoldPlan = field(default_factory=FoldPlan)


MOBILENETV2_TRANSFER = Recipe(
    name="mobilenetv2_transfer",
    epochs=10,
    batch_size=32,
    learning_rate=6e-4,
    weight_decay=0.02,
    warmup_epochs=0.5,
    label_smoothing=0.05,
    dropout=0.2,
)

RECIPES = {recipe.name: recipe for recipe in (MOBILENETV2_TRANSFER,)}
