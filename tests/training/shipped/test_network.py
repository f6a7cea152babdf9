from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.test_networks import archive_of
from training.build import build_network, load_start_weights
from training.films import DataError
from training.networks import MobileNetV2, load_imagenet_weights
from training.recipes import LUNGS, MAPAFU, Recipe
from training.shipped.lung_network import LungNetwork
from training.shipped.network import ReadingNetwork, pneumonia_log_odds


def new_network(seed: int = 1) -> ReadingNetwork:
    torch.manual_seed(seed)
    return ReadingNetwork(classes=3, findings=14, dropout=0.2)


@pytest.mark.parametrize("size", [64, 224])
def test_a_reading_has_its_shapes(size: int) -> None:
    with torch.no_grad():
        reading = new_network().eval()(torch.rand(2, 1, size, size))
        lungs = LungNetwork().eval()(torch.rand(2, 1, size, size))
    assert reading.logits.shape == (2, 3)
    assert reading.heat.shape == (2, 1, size // 16, size // 16)
    assert reading.pooled_heat.shape == (2,)
    assert reading.lungs.shape == (2, 1, size // 8, size // 8)
    assert reading.features.shape == (2, 1280)
    assert reading.findings.shape == (2, 14)
    assert lungs.shape == (2, 1, size // 4, size // 4)


@pytest.mark.parametrize("network", [new_network, LungNetwork])
def test_the_first_layers_neither_learn_nor_drift(network: type[nn.Module]) -> None:
    torch.manual_seed(2)
    learner = network().train()
    assert isinstance(learner, ReadingNetwork | LungNetwork)
    assert not any(module.training for module in learner.edges.modules())
    assert all(module.training for module in learner.middle.modules())
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    out = learner(torch.rand(4, 1, 64, 64))
    (out if isinstance(out, torch.Tensor) else out.logits).sum().backward()
    assert not any(parameter.requires_grad for parameter in learner.edges.parameters())
    assert all(parameter.grad is None for parameter in learner.edges.parameters())
    changed = {name for name, tensor in learner.state_dict().items() if not torch.equal(tensor, before[name])}
    assert not any(name.startswith("edges.") for name in changed)
    assert any(name.startswith("middle.") and "running_mean" in name for name in changed)
    assert not any(module.training for module in learner.eval().modules())


def features_alike(network: ReadingNetwork | LungNetwork, whole: MobileNetV2) -> bool:
    """Whether the layers taken from MobileNetV2 compute what they compute there."""
    network.eval()
    films = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        shared = network.middle(network.low(network.edges(films)))
        if isinstance(network, ReadingNetwork):
            shared = network.high(shared)
        expected = whole.eval().features[: len(network.backbone())](films)
    return shared.shape == expected.shape and torch.allclose(shared, expected, atol=1e-5)


@pytest.mark.parametrize("recipe", [MAPAFU, LUNGS], ids=["mapafu", "lungs"])
def test_start_weights_find_their_places(recipe: Recipe, tmp_path: Path) -> None:
    torch.manual_seed(3)
    source = MobileNetV2(last_stride=2)
    for module in source.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            module.running_mean.uniform_(-0.1, 0.1)
    np.savez(tmp_path / "w.npz", **archive_of(source))
    network = build_network(recipe)
    assert isinstance(network, ReadingNetwork | LungNetwork)
    assert not features_alike(network, source)
    load_start_weights(network, tmp_path / "w.npz")
    assert features_alike(network, source)


@pytest.mark.real_films
def test_the_real_start_weights_load(films_folder: Path) -> None:
    path = films_folder / "weights/mobilenetv2-imagenet.npz"
    whole = MobileNetV2(last_stride=2)
    load_imagenet_weights(whole, path)
    for network in (new_network(), LungNetwork()):
        load_start_weights(network, path)
        assert features_alike(network, whole)


def test_start_weights_without_a_first_layer_are_one_sentence(tmp_path: Path) -> None:
    arrays = archive_of(MobileNetV2())
    del arrays["conv0_weight"]
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(DataError, match="does not fit MobileNetV2"):
        load_start_weights(new_network(), tmp_path / "w.npz")


def test_heat_is_its_own_and_cannot_change_the_classes() -> None:
    network = new_network().eval()
    films = torch.rand(3, 1, 64, 64)
    output = network.heat[-1]
    assert isinstance(output, nn.Conv2d)
    assert output.bias is not None
    with torch.no_grad():
        cold = network(films)
        output.bias += 4.0
        hot = network(films)
    assert torch.allclose(hot.heat, cold.heat + 4.0, atol=1e-4)
    assert torch.allclose(hot.pooled_heat, cold.pooled_heat + 4.0, atol=1e-3)
    assert torch.equal(hot.logits, cold.logits)
    assert torch.equal(hot.lungs, cold.lungs)


def test_heat_teaches_its_own_layers_alone() -> None:
    network = new_network().train()
    network(torch.rand(3, 1, 64, 64)).heat.sum().backward()
    taught = {name.partition(".")[0] for name, part in network.named_parameters() if part.grad is not None}
    assert taught == {"reduce_for_heat", "heat"}


def test_one_hot_cell_heats_the_film_more_inside_the_lungs() -> None:
    network = new_network().eval()
    place: list[tuple[int, int]] = []

    def fix_heat(module: nn.Module, given: object, heat: torch.Tensor) -> torch.Tensor:
        fixed = torch.full_like(heat, -3.0)
        if place:
            fixed[:, :, place[0][0], place[0][1]] = 5.0
        return fixed

    def left_lung(module: nn.Module, given: object, lungs: torch.Tensor) -> torch.Tensor:
        fixed = torch.full_like(lungs, -20.0)
        fixed[..., : lungs.shape[-1] // 2] = 20.0
        return fixed

    network.heat.register_forward_hook(fix_heat)
    network.lungs.register_forward_hook(left_lung)
    pooled = []
    with torch.no_grad():
        for places in ([], [(1, 3)], [(1, 0)]):
            place[:] = places
            pooled.append(network(torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(4))).pooled_heat)
    cold, outside, inside = (value.item() for value in pooled)
    assert cold == pytest.approx(-3.0, abs=1e-3)
    assert cold < outside < inside - 1.0


def test_pneumonia_is_either_class_against_normal() -> None:
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(5))
    ill = 1.0 - logits.softmax(dim=1)[:, 0]
    assert torch.allclose(pneumonia_log_odds(logits), torch.logit(ill), atol=1e-5)
