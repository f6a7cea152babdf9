from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from training.networks import HeatScale, MobileNetV2, ScreeningNetwork, _gluon_names, load_imagenet_weights


def archive_of(network: MobileNetV2) -> dict[str, np.ndarray]:
    arrays = {name: tensor.detach().numpy().copy() for tensor, name in _gluon_names(network)}
    arrays["conv0_weight"] = np.repeat(arrays["conv0_weight"] / 3, 3, axis=1)
    return arrays


def test_start_weights_find_their_places(tmp_path: Path) -> None:
    torch.manual_seed(1)
    source, target = MobileNetV2(), MobileNetV2()
    np.savez(tmp_path / "w.npz", **archive_of(source))
    load_imagenet_weights(target, tmp_path / "w.npz")
    films = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        assert torch.allclose(source.eval().features(films), target.eval().features(films), atol=1e-5)


@pytest.mark.parametrize("change", ["missing", "left over", "wrong shape"])
def test_start_weights_of_another_network_are_refused(tmp_path: Path, change: str) -> None:
    arrays = archive_of(MobileNetV2())
    if change == "missing":
        del arrays["conv1_weight"]
    elif change == "left over":
        arrays["conv9_weight"] = np.zeros(3, dtype=np.float32)
    else:
        arrays["conv1_weight"] = arrays["conv1_weight"][:5]
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(ValueError, match="conv"):
        load_imagenet_weights(MobileNetV2(), tmp_path / "w.npz")


@pytest.mark.real_films
def test_the_real_start_weights_load(films_folder: Path) -> None:
    load_imagenet_weights(MobileNetV2(), films_folder / "weights/mobilenetv2-imagenet.npz")


def test_logits_are_the_mean_of_the_maps_and_heat_has_one_scale() -> None:
    torch.manual_seed(2)
    network = MobileNetV2().eval()
    films = torch.rand(3, 1, 224, 224)
    with torch.no_grad():
        maps = network(films)
        logits, heat = ScreeningNetwork(network, HeatScale(0.5, 2.0))(films)
        alone = ScreeningNetwork(network, HeatScale(0.5, 2.0))(films[1:2])[1]
    assert torch.allclose(logits, maps.mean(dim=(2, 3)))
    assert heat.shape == (3, 1, 14, 14)
    odds = torch.logsumexp(maps[:, 1:], dim=1) - maps[:, 0]
    assert torch.allclose(heat[:, 0], torch.sigmoid((odds - 0.5) / 2.0), atol=1e-6)
    assert torch.allclose(alone, heat[1:2], atol=1e-5)
