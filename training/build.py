"""From a recipe to its network, with its start weights."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import torch
from torch import nn

from engine.model.film_gate import KINDS
from training.classic_networks import FrozenVgg16, deep_cnn, dense_network, load_vgg16_weights, small_cnn
from training.films import CLASSES, DataError
from training.gate.network import SIDE_UNIT as GATE_SIDE_UNIT
from training.gate.network import GateNetwork
from training.networks import MobileNetV2, load_imagenet_weights
from training.recipes import NetworkName, Recipe
from training.shipped.adults import FINDINGS
from training.shipped.lung_network import LungNetwork
from training.shipped.network import SIDE_UNIT, ReadingNetwork


def build_network(recipe: Recipe) -> nn.Module:
    """The network of a recipe. But for those of the shipped recipe, class maps come out, whose means are the logits.

    Raises:
        DataError: The network cannot take films of the recipe's size.
    """
    classes, dropout, size = len(CLASSES), recipe.dropout, recipe.input_spec.size
    match recipe.network:
        case NetworkName.DENSE:
            return dense_network(size=size, classes=classes, dropout=dropout)
        case NetworkName.CNN:
            return small_cnn(size=size, classes=classes, dropout=dropout)
        case NetworkName.CNN_DEEP:
            return deep_cnn(size=size, classes=classes, dropout=dropout)
        case NetworkName.VGG16:
            return FrozenVgg16(classes=classes, dropout=dropout)
        case NetworkName.MOBILENETV2:
            return MobileNetV2(classes=classes, dropout=dropout)
        case NetworkName.LUNGS:
            return LungNetwork()
        case NetworkName.READING:
            if size % SIDE_UNIT:
                raise DataError(f"{recipe.name} takes sides that are multiples of {SIDE_UNIT}. Change --size.")
            return ReadingNetwork(classes=classes, findings=len(FINDINGS), dropout=dropout)
        case NetworkName.GATE:
            if size % GATE_SIDE_UNIT:
                raise DataError(f"{recipe.name} takes sides that are multiples of {GATE_SIDE_UNIT}.")
            return GateNetwork(size=size, kinds=len(KINDS), dropout=dropout)


def new_network(recipe: Recipe, start_weights: Path | None) -> nn.Module:
    """The network of a recipe before its first step. Raises DataError where size or start weights do not fit."""
    if start_weights is not None and not start_weights.is_file():
        raise DataError(f"There are no start weights at {start_weights}. Check the path, or leave the option out.")
    torch.manual_seed(recipe.seed)
    network = build_network(recipe)
    load_start_weights(network, start_weights)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def load_start_weights(network: nn.Module, path: Path | None) -> None:
    """Start from weights learned elsewhere; None starts from chance. Raises DataError."""
    if isinstance(network, FrozenVgg16):
        if path is None:
            raise DataError("VGG16's base does not learn, so it needs weights. Name them with --start-weights.")
        load_vgg16_weights(network, path)
    elif path is not None and isinstance(network, MobileNetV2 | LungNetwork | ReadingNetwork | GateNetwork):
        whole = MobileNetV2()
        try:
            load_imagenet_weights(whole, path)
        except (ValueError, OSError, BadZipFile) as error:
            raise DataError(f"{path} does not fit MobileNetV2 ({error}). Name its ImageNet weights (.npz).") from error
        for layer, source in zip(network.backbone(), whole.backbone(), strict=False):
            layer.load_state_dict(source.state_dict())
    elif path is not None:
        raise DataError("This recipe starts from chance. Leave --start-weights out.")
