from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import OutputError
from engine.model.preprocess import InputSpec
from training.cli import run
from training.films import DataError, FoldPlan, read_manifest
from training.finished_run import load_run
from training.fit import fit
from training.lesson import DivergedError
from training.loop import averaged
from training.recipes import MOBILENETV2_TRANSFER, NetworkName, Optimiser, Recipe
from training.run_folder import CHECKPOINT


@pytest.fixture
def small() -> Recipe:
    spec = InputSpec(size=32, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)
    return dataclasses.replace(MOBILENETV2_TRANSFER, epochs=2, batch_size=16, input_spec=spec)


def epochs(out: Path) -> list[dict[str, str]]:
    with (out / "epochs.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_run_leaves_weights_settings_and_figures(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    weights = fit(small, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    assert len(epochs(tmp_path)) == 2
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["name"] == "mobilenetv2_transfer"
    assert config["input_spec"]["size"] == 32
    assert config["commit"]
    maps = load_run(weights.parent)[1](torch.zeros(1, 1, 32, 32))
    assert maps.shape == (1, 3, 2, 2)


def cut_off(history: list[dict[str, float]]) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("changes", [{"network": NetworkName.CNN}, {"ema": 0.8, "mixup": 0.3}])
def test_a_run_that_was_cut_off_ends_where_a_whole_one_does(
    small: Recipe, labelled_films: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    recipe = dataclasses.replace(small, **changes)
    whole = fit(recipe, data=labelled_films, out=tmp_path / "whole", start_weights=None, limit=None)
    cut = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        fit(recipe, data=labelled_films, out=cut, start_weights=None, limit=None, after_epoch=cut_off)
    assert len(epochs(cut)) == 1
    fit(recipe, data=labelled_films, out=cut, start_weights=None, limit=None)

    figures = [[(row["loss"], row["auroc_choose"]) for row in epochs(tmp_path / name)] for name in ("whole", "cut")]
    assert len(figures[1]) == 2
    assert figures[0] == figures[1]
    networks = [torch.load(weights, weights_only=True)["network"] for weights in (whole, cut / "weights.pt")]
    assert all(torch.equal(tensor, networks[1][name]) for name, tensor in networks[0].items())


def test_resuming_needs_a_run(labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", "dense", "--data", str(labelled_films), "--out", str(tmp_path / "run"), "--epochs", "1"]
    assert run([*command, "--resume"]) == 1
    assert capsys.readouterr().err.endswith("to go on with. Leave out --resume to begin one.\n")
    assert not (tmp_path / "run").exists()
    assert run(command) == 0
    assert run([*command, "--resume"]) == 0
    assert len(epochs(tmp_path / "run")) == 1


def test_a_folder_keeps_to_the_run_it_was_begun_with(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    fit(small, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    before = (tmp_path / "config.json").read_bytes()
    with pytest.raises(DataError, match="seed"):
        fit(dataclasses.replace(small, seed=9), data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    assert (tmp_path / "config.json").read_bytes() == before


def test_missing_start_weights_are_one_sentence(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="start weights"):
        fit(small, data=labelled_films, out=tmp_path / "out", start_weights=tmp_path / "gone.npz", limit=None)


def test_patients_stay_on_one_side(labelled_films: Path) -> None:
    films = read_manifest(labelled_films)
    plan = FoldPlan()
    learn = {film.patient for film in plan.learn(films)}
    kept = {film.patient for film in films if film.fold in (plan.report, plan.choose)}
    assert learn
    assert kept
    assert not learn & kept


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "manifest.csv"),
        ("file,split\nx.png,train\n", "lacks a column"),
        ("file,split,subtype,patient,fold\nx.png,train,fungus,p1,0\n", "unknown value"),
        ("file,split,subtype,patient,fold\nx.png,train,normal,p1,0\n", "bacterial, viral"),
    ],
)
def test_a_bad_manifest_is_one_sentence(
    tmp_path: Path, content: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "manifest.csv").write_text(content)
    with pytest.raises(DataError, match=words):
        read_manifest(tmp_path)
    arguments = ["run", "mobilenetv2_transfer", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert run(arguments) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_exporting_without_a_run_is_one_sentence(
    tmp_path: Path, labelled_films: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["export", "--run", str(tmp_path), "--data", str(labelled_films), "--model", str(tmp_path / "m.onnx")]
    assert run(arguments) == 1
    assert "Train first" in capsys.readouterr().err


def test_averaged_weights_are_what_is_kept(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(small, epochs=1, ema=0.9)
    weights = fit(recipe, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    kept = torch.load(weights, weights_only=True)["network"]
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    for name in ("features.0.weight", "features.1.running_mean"):
        assert torch.equal(kept[name], state["average"][f"module.{name}"])
        assert not torch.equal(kept[name], state["network"][name])


def test_a_recipe_may_keep_its_last_epoch(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(small, epochs=3, keep_last=True, learning_rate=1e-2)
    fit(recipe, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    kept = torch.load(tmp_path / "weights.pt", weights_only=True)["network"]
    last = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    assert all(torch.equal(kept[name], last[name]) for name in last)


def test_an_average_is_the_one_of_its_definition() -> None:
    network = torch.nn.BatchNorm1d(1, affine=False)
    average = averaged(network, 0.75)
    values = [2.0, 4.0, -1.0]
    for value in values:
        assert network.running_mean is not None
        network.running_mean.fill_(value)
        average.update_parameters(network)
    expected = 0.75 * (0.75 * values[0] + 0.25 * values[1]) + 0.25 * values[2]
    assert average.module.running_mean.item() == pytest.approx(expected)


def test_a_full_disk_is_one_sentence_and_keeps_the_last_checkpoint(
    small: Recipe, labelled_films: Path, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs a disk that is always full")
    small_cnn = dataclasses.replace(small, network=NetworkName.CNN)
    kept: list[bytes] = []

    def fill_disk(history: list[dict[str, float]]) -> None:
        kept.append((tmp_path / CHECKPOINT).read_bytes())
        (tmp_path / "checkpoint.partial").symlink_to("/dev/full")

    with pytest.raises(OutputError, match=r"No space left on device.*Make room"):
        fit(small_cnn, data=labelled_films, out=tmp_path, start_weights=None, limit=None, after_epoch=fill_disk)
    assert [(tmp_path / CHECKPOINT).read_bytes()] == kept
    assert len(epochs(tmp_path)) == 1
    fit(small_cnn, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    assert len(epochs(tmp_path)) == 2


def test_a_damaged_checkpoint_is_one_sentence(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"cut of")
    with pytest.raises(DataError, match="is damaged"):
        fit(small, data=labelled_films, out=tmp_path, start_weights=None, limit=None)


def test_steps_that_are_too_long_are_one_sentence(small: Recipe, labelled_films: Path, tmp_path: Path) -> None:
    wild = dataclasses.replace(small, network=NetworkName.CNN, optimiser=Optimiser.SGD, learning_rate=1e18)
    with pytest.raises(DivergedError, match="--learning-rate"):
        fit(wild, data=labelled_films, out=tmp_path, start_weights=None, limit=None)
    assert not (tmp_path / CHECKPOINT).exists()
