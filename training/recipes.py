"""Recipes: everything that decides what a training run does, each in one readable definition."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.model.preprocess import InputSpec
from training.augment import Augmentation
from training.films import FoldPlan


class NetworkName(StrEnum):
    """The networks that a recipe may name."""

    DENSE = "dense"
    CNN = "cnn"
    CNN_DEEP = "cnn_deep"
    VGG16 = "vgg16"
    MOBILENETV2 = "mobilenetv2"
    LUNGS = "lungs"
    READING = "reading"
    GATE = "gate"


class Optimiser(StrEnum):
    """The optimisers that a recipe may name; `sgd` is with Nesterov momentum of 0.9."""

    ADAMW = "adamw"
    SGD = "sgd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What the recipe that ships adds to a batch of children, and how much each loss counts beside theirs.

    Attributes:
        classes: Shares of normal, bacterial and viral films among the children shown.
        adults: Adult films with weak labels in each batch.
        drawn: Clear films of each batch that are shown again with an opacity drawn into them.
    """

    classes: tuple[float, float, float] = (0.4, 0.35, 0.25)
    adults: int = 10
    drawn: int = 6
    adult_weight: float = 0.5
    heat_weight: float = 0.5
    lung_weight: float = 0.5
    finding_weight: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The settings of one training run; it is saved beside the weights.

    Attributes:
        weight_decay: The L2 penalty; with AdamW decoupled from the gradient.
        class_weights: Weigh each class in the loss as if all had the same number of films.
        keep_last: Keep the weights of the last epoch and not of the one that did best on the films kept for choosing.
        patience: Stop after so many epochs without a better AUROC on the fold kept for choosing.
        ema: Decay per step of an average of the weights, which is then what is measured and kept; 0 is off.
        mixup: Beta parameter of the shares in which films are blended with others of their batch; 0 is off.
        mix: What else a batch holds; None where films of children are all there is.
    """

    name: str
    network: NetworkName
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    label_smoothing: float
    dropout: float
    optimiser: Optimiser = Optimiser.ADAMW
    class_weights: bool = False
    keep_last: bool = False
    patience: int = 10
    ema: float = 0.0
    mixup: float = 0.0
    mix: Mix | None = None
    seed: int = 1
    input_spec: InputSpec = field(
        default_factory=lambda: InputSpec(size=224, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)
    )
    augmentation: Augmentation = field(default_factory=Augmentation)
    folds: FoldPlan = field(default_factory=FoldPlan)


MOBILENETV2_TRANSFER = Recipe(
    name="mobilenetv2_transfer",
    network=NetworkName.MOBILENETV2,
    epochs=10,
    batch_size=32,
    learning_rate=6e-4,
    weight_decay=0.02,
    warmup_epochs=0.5,
    label_smoothing=0.05,
    dropout=0.2,
)

DENSE = Recipe(
    name="dense",
    network=NetworkName.DENSE,
    epochs=10,
    batch_size=32,
    learning_rate=3e-4,
    weight_decay=0.0,
    warmup_epochs=0.5,
    label_smoothing=0.0,
    dropout=0.0,
    class_weights=True,
    patience=4,
    input_spec=InputSpec(size=128, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25),
)

CNN = replace(DENSE, name="cnn", network=NetworkName.CNN, learning_rate=1e-3)

CNN_REGULARISED = replace(CNN, name="cnn_regularised", weight_decay=0.05, dropout=0.4)

CNN_DEEP = replace(CNN_REGULARISED, name="cnn_deep", network=NetworkName.CNN_DEEP)

VGG16_TRANSFER = replace(
    CNN_REGULARISED,
    name="vgg16_transfer",
    network=NetworkName.VGG16,
    input_spec=MOBILENETV2_TRANSFER.input_spec,
)

LUNGS = Recipe(
    name="lungs",
    network=NetworkName.LUNGS,
    epochs=4,
    batch_size=24,
    learning_rate=1.2e-3,
    weight_decay=0.01,
    warmup_epochs=0.3,
    label_smoothing=0.0,
    dropout=0.0,
    input_spec=DENSE.input_spec,
    augmentation=Augmentation(
        rotation_degrees=20.0,
        scale=0.3,
        aspect=0.45,
        shift=0.12,
        gamma=0.6,
        contrast=0.4,
        brightness=0.15,
        blur_share=0.4,
        noise=0.03,
        mark_share=0.3,
    ),
)

MAPAFU = Recipe(
    name="mapafu",
    network=NetworkName.READING,
    epochs=6,
    batch_size=22,
    learning_rate=6e-4,
    weight_decay=0.02,
    warmup_epochs=0.4,
    label_smoothing=0.05,
    dropout=0.2,
    ema=0.995,
    keep_last=True,
    mix=Mix(),
    augmentation=Augmentation(
        rotation_degrees=12.0,
        scale=0.14,
        aspect=0.35,
        shift=0.06,
        gamma=0.45,
        contrast=0.3,
        brightness=0.12,
        blur_share=0.5,
        noise=0.02,
        mark_share=0.5,
        detail=0.8,
        border_share=0.2,
        lead_share=0.25,
    ),
)

GATE = Recipe(
    name="gate",
    network=NetworkName.GATE,
    epochs=7,
    batch_size=48,
    learning_rate=1e-3,
    weight_decay=0.02,
    warmup_epochs=0.3,
    label_smoothing=0.02,
    dropout=0.2,
    ema=0.98,
    input_spec=InputSpec(size=96, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25),
    augmentation=Augmentation(
        rotation_degrees=12.0,
        scale=0.12,
        aspect=0.35,
        shift=0.06,
        gamma=0.5,
        contrast=0.3,
        brightness=0.1,
        blur_share=0.4,
        noise=0.03,
        mark_share=0.4,
        detail=0.8,
        border_share=0.25,
        lead_share=0.2,
    ),
)

RECIPES = {
    recipe.name: recipe
    for recipe in (DENSE, CNN, CNN_REGULARISED, CNN_DEEP, VGG16_TRANSFER, MOBILENETV2_TRANSFER, MAPAFU)
}
