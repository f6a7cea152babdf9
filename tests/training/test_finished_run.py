from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.model.preprocess import InputSpec
from tests.training.runs import train
from training.augment import NO_AUGMENTATION
from training.films import DataError, FoldPlan
from training.finished_run import load_run, read_run
from training.recipes import CNN, RECIPES, NetworkName


@pytest.fixture(scope="module")
def finished(labelled_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("cnn", labelled_films, tmp_path_factory.mktemp("runs") / "cnn", "--folds", "2,3", "--limit", "40")


def change_config(run: Path, copy: Path, **changes: Any) -> Path:
    copy.mkdir()
    for name in ("config.json", "epochs.csv", "weights.pt"):
        (copy / name).write_bytes((run / name).read_bytes())
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, **changes}))
    return copy


def test_the_settings_come_back_as_they_were(finished: Path) -> None:
    run = read_run(finished)
    assert run.recipe == dataclasses.replace(
        CNN,
        epochs=2,
        batch_size=8,
        input_spec=InputSpec(size=32, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25),
        augmentation=NO_AUGMENTATION,
        folds=FoldPlan(report=2, choose=3),
    )
    assert (run.epochs, run.limit, run.start_weights) == (2, 40, None)
    assert run.command.startswith("mapafu-train ")


# vgg16_transfer needs weights that the test has not, and mapafu more folders: tests/training/shipped loads its runs.
@pytest.mark.parametrize("name", [name for name in RECIPES if name not in ("vgg16_transfer", "mapafu")])
def test_the_network_of_any_recipe_comes_back(name: str, labelled_films: Path, tmp_path: Path) -> None:
    folder = train(name, labelled_films, tmp_path / name)
    recipe, network = load_run(folder)
    assert recipe.name == name
    assert not network.training
    saved = torch.load(folder / "weights.pt", weights_only=True)["network"]
    found = network.state_dict()
    assert found.keys() == saved.keys()
    assert all(torch.equal(found[key], tensor) for key, tensor in saved.items())


def test_a_run_from_before_there_were_other_networks(finished: Path, tmp_path: Path) -> None:
    copy = change_config(finished, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    for name in ("network", "patience", "optimiser", "class_weights"):
        del config[name]
    (copy / "config.json").write_text(json.dumps(config))
    assert read_run(copy).recipe.network is NetworkName.MOBILENETV2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 3}, "2 of 3 epochs"),
        ({"epochs": "two"}, "cannot be read"),
        ({"network": "unheard"}, "cannot be read"),
        ({"input_spec": []}, "cannot be read"),
        ({"folds": {"report": 1, "choose": 1}}, "both reported on and chosen on"),
        ({"network": "cnn_deep"}, "does not fit the run's settings"),
    ],
)
def test_settings_that_cannot_be_used(finished: Path, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        load_run(change_config(finished, tmp_path / "copy", **changes))


def test_a_run_that_stopped_early_is_finished(finished: Path, tmp_path: Path) -> None:
    copy = change_config(finished, tmp_path / "copy", epochs=9, patience=2)
    (copy / "epochs.csv").write_text("auroc_choose\n0.9\n0.8\n0.7\n")
    assert read_run(copy).epochs == 3


@pytest.mark.parametrize("name", ["config.json", "epochs.csv", "weights.pt"])
def test_a_missing_file_is_no_finished_run(finished: Path, tmp_path: Path, name: str) -> None:
    copy = change_config(finished, tmp_path / "copy")
    (copy / name).unlink()
    with pytest.raises(DataError, match="no finished run"):
        load_run(copy)


@pytest.mark.parametrize(
    ("name", "words"),
    [("config.json", "cannot be read"), ("epochs.csv", "damaged"), ("weights.pt", "does not fit")],
)
def test_a_damaged_file_is_one_sentence(finished: Path, tmp_path: Path, name: str, words: str) -> None:
    copy = change_config(finished, tmp_path / "copy")
    (copy / name).write_text("auroc_choose\nnothing\n")
    with pytest.raises(DataError, match=words):
        load_run(copy)
