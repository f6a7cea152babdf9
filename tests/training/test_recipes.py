from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import pytest
import torch

from training.build import build_network, load_start_weights
from training.class_lesson import class_weights
from training.classic_networks import FrozenVgg16
from training.cli import run
from training.films import DataError
from training.loop import make_optimiser, stopped_early
from training.recipes import CNN, RECIPES, VGG16_TRANSFER, Optimiser, Recipe

PLAIN = {name: recipe for name, recipe in RECIPES.items() if recipe.mix is None}


@pytest.mark.parametrize("recipe", PLAIN.values(), ids=PLAIN)
def test_every_plain_network_gives_class_maps(recipe: Recipe) -> None:
    small = dataclasses.replace(recipe, input_spec=dataclasses.replace(recipe.input_spec, size=64))
    with torch.no_grad():
        maps = build_network(small).eval()(torch.rand(2, 1, 64, 64))
    assert maps.shape[:2] == (2, 3)
    assert maps.ndim == 4


def test_a_short_run_of_the_small_cnn(labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    arguments = ["run", "cnn", "--data", str(labelled_films), "--out", str(out), "--limit", "40", "--epochs", "1"]
    assert run([*arguments, "--size", "64", "--batch-size", "8", "--learning-rate", "0.002", "--no-augment"]) == 0
    config = json.loads((out / "config.json").read_text())
    assert (config["network"], config["input_spec"]["size"], config["batch_size"]) == ("cnn", 64, 8)
    assert config["augmentation"]["rotation_degrees"] == 0
    with (out / "epochs.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    model = tmp_path / "m.onnx"
    assert run(["export", "--run", str(out), "--data", str(labelled_films), "--model", str(model)]) == 1
    assert "class maps" in capsys.readouterr().err


def test_vgg16_learns_only_its_head_and_reads_its_base(tmp_path: Path) -> None:
    source, target = FrozenVgg16(classes=3, dropout=0.0), FrozenVgg16(classes=3, dropout=0.0)
    state = {name: tensor for name, tensor in source.state_dict().items() if name.startswith("features.")}
    torch.save({**state, "classifier.0.weight": torch.zeros(2)}, tmp_path / "w.pth")
    load_start_weights(target, tmp_path / "w.pth")
    assert all(torch.equal(target.state_dict()[name], tensor) for name, tensor in state.items())
    learning = {name for name, parameter in target.named_parameters() if parameter.requires_grad}
    assert learning == {f"head.{n}.{part}" for n in (0, 3) for part in ("weight", "bias")}
    torch.save({**state, "features.28.weight": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(DataError, match=r"features\.28\.weight"):
        load_start_weights(target, tmp_path / "other.pth")
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(DataError, match="no file of torch weights"):
        load_start_weights(target, tmp_path / "text.pth")
    with pytest.raises(DataError, match="--start-weights"):
        load_start_weights(build_network(VGG16_TRANSFER), None)


def test_a_recipe_that_starts_from_chance_takes_no_weights(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Leave --start-weights out"):
        load_start_weights(build_network(CNN), tmp_path)


def test_a_run_stops_when_it_gets_no_better() -> None:
    assert not stopped_early([], 2)
    assert not stopped_early([0.9, 0.8], 2)
    assert stopped_early([0.9, 0.8, 0.9], 2)
    assert not stopped_early([0.9, 0.8, 0.91], 2)


def test_settings_reach_the_optimiser_and_the_loss() -> None:
    optimiser = make_optimiser(dataclasses.replace(CNN, optimiser=Optimiser.SGD), build_network(CNN))
    assert isinstance(optimiser, torch.optim.SGD)
    assert optimiser.defaults["lr"] == CNN.learning_rate
    assert class_weights(torch.tensor([0, 0, 1, 2])).tolist() == pytest.approx([2 / 3, 4 / 3, 4 / 3])


def test_an_unknown_recipe_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["run", "unheard", "--data", "x", "--out", "y"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in RECIPES)


def test_start_weights_that_are_none_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"no weights")
    with pytest.raises(DataError, match="does not fit MobileNetV2"):
        load_start_weights(build_network(RECIPES["mobilenetv2_transfer"]), tmp_path / "weights.npz")
