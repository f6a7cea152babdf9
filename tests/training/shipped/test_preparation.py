"""Runs of the recipe that ships, from folders to weights."""

from __future__ import annotations

import csv
import dataclasses
import functools
import json
import shutil
from pathlib import Path

import pytest
import torch

from training.build import build_network
from training.cli import run
from training.films import DataError
from training.fit import fit
from training.loop import teach
from training.recipes import CNN, LUNGS, MAPAFU, Mix, Recipe
from training.shipped import preparation

Folders = dict[str, Path]


@pytest.fixture
def folders(labelled_films: Path, adult_films: Path, lung_masks: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """The folders of a run, whose first stage is small."""
    spec = dataclasses.replace(LUNGS.input_spec, size=32)
    monkeypatch.setattr(preparation, "LUNGS", dataclasses.replace(LUNGS, epochs=1, batch_size=12, input_spec=spec))
    return {"data": labelled_films, "adults": adult_films, "lung_masks": lung_masks}


def small(epochs: int) -> Recipe:
    spec = dataclasses.replace(MAPAFU.input_spec, size=64)
    return dataclasses.replace(MAPAFU, epochs=epochs, batch_size=12, input_spec=spec, mix=Mix(adults=6, drawn=4))


def options(folders: Folders) -> list[str]:
    pairs = {"--data": folders["data"], "--adults": folders["adults"], "--lung-masks": folders["lung_masks"]}
    return [str(part) for pair in pairs.items() for part in pair]


def test_the_command_trains_lungs_first_and_then_all(folders: Folders, tmp_path: Path) -> None:
    arguments = ["run", "mapafu", *options(folders), "--out", str(tmp_path), "--size", "64"]
    assert run([*arguments, "--limit", "20", "--epochs", "1"]) == 0
    with (tmp_path / "epochs.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    parts = [float(row[f"auroc_{name}"]) for name in ("children", "adults_pa", "adults_ap")]
    assert float(row["auroc_choose"]) == pytest.approx(sum(parts) / 3)
    config, lungs = (json.loads((folder / "config.json").read_text()) for folder in (tmp_path, tmp_path / "lungs"))
    assert (config["name"], lungs["name"], config["limit"], lungs["limit"]) == ("mapafu", "lungs", 20, 20)
    assert config["mix"]["adults"] == Mix().adults
    network = build_network(small(1))
    network.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True)["network"])


def test_a_run_that_was_cut_off_in_each_stage_ends_where_a_whole_one_does(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(history: list[dict[str, float]]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(preparation, "LUNGS", dataclasses.replace(preparation.LUNGS, epochs=2))
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    fit(small(2), **folders, out=whole, start_weights=None, limit=24)
    with monkeypatch.context() as patched:
        patched.setattr(preparation, "teach", functools.partial(teach, after_epoch=cut_off))
        with pytest.raises(KeyboardInterrupt):
            fit(small(2), **folders, out=cut, start_weights=None, limit=24)
    assert not (cut / "epochs.csv").exists()
    with pytest.raises(KeyboardInterrupt):
        fit(small(2), **folders, out=cut, start_weights=None, limit=24, after_epoch=cut_off)
    lungs = (cut / "lungs/weights.pt").stat().st_mtime_ns
    fit(small(2), **folders, out=cut, start_weights=None, limit=24)
    assert (cut / "lungs/weights.pt").stat().st_mtime_ns == lungs
    for stage in ("lungs", "."):
        figures = []
        for folder in (whole, cut):
            with (folder / stage / "epochs.csv").open(newline="") as stream:
                rows = list(csv.DictReader(stream))
            figures.append([{name: row[name] for name in row if name != "seconds"} for row in rows])
        assert len(figures[0]) == 2
        assert figures[0] == figures[1]
    networks = [torch.load(folder / "weights.pt", weights_only=True)["network"] for folder in (whole, cut)]
    assert all(torch.equal(tensor, networks[1][name]) for name, tensor in networks[0].items())


@pytest.mark.parametrize("missing", ["--adults", "--lung-masks"])
def test_a_source_that_is_missing_is_one_sentence(
    folders: Folders, tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    arguments = options(folders)
    at = arguments.index(missing)
    assert run(["run", "mapafu", *arguments[:at], *arguments[at + 2 :], "--out", str(tmp_path / "run")]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("mapafu-train: mapafu needs")
    assert missing in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("source", ["adults", "lung_masks"])
def test_other_recipes_take_one_folder_alone(folders: Folders, tmp_path: Path, source: str) -> None:
    with pytest.raises(DataError, match="cnn learns from one folder alone"):
        fit(CNN, data=folders["data"], **{source: folders[source]}, out=tmp_path, start_weights=None, limit=None)  # type: ignore[arg-type]


def test_settings_that_the_recipe_cannot_follow_are_one_sentence(folders: Folders, tmp_path: Path) -> None:
    odd = dataclasses.replace(small(1), input_spec=dataclasses.replace(MAPAFU.input_spec, size=72))
    for recipe, words in (
        (odd, "--size"),
        (dataclasses.replace(small(1), mixup=0.2), "--mixup"),
        (dataclasses.replace(small(1), class_weights=True), "--class-weights"),
    ):
        with pytest.raises(DataError, match=words):
            fit(recipe, **folders, out=tmp_path, start_weights=None, limit=None)


def test_only_recipes_of_one_folder_can_be_swept(
    folders: Folders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", "mapafu", "--data", str(folders["data"]), "--out", str(tmp_path), "--trials", "1"]
    with pytest.raises(SystemExit) as stopped:
        run(arguments)
    assert stopped.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_adults_of_one_kind_are_noticed_before_anything_is_learned(folders: Folders, tmp_path: Path) -> None:
    adults = tmp_path / "adults"
    shutil.copytree(folders["adults"], adults)
    lines = (adults / "manifest.csv").read_text().splitlines(keepends=True)
    kept = [line for line in lines if ",AP," not in line or not line.rstrip().endswith("tune")]
    (adults / "manifest.csv").write_text("".join(kept))
    with pytest.raises(DataError, match="adult films to choose on, AP"):
        fit(small(1), **{**folders, "adults": adults}, out=tmp_path / "run", start_weights=None, limit=None)
    assert not (tmp_path / "run").exists()


def test_adults_that_cannot_be_read_are_one_sentence(folders: Folders, tmp_path: Path) -> None:
    adults = tmp_path / "adults"
    shutil.copytree(folders["adults"], adults)
    for line in (adults / "manifest.csv").read_text().splitlines():
        if line.endswith(",weak"):
            (adults / line.split(",")[0]).write_bytes(b"no film")
    with pytest.raises(DataError, match="None of the adult films"):
        fit(small(1), **{**folders, "adults": adults}, out=tmp_path / "run", start_weights=None, limit=None)
