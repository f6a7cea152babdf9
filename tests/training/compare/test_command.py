"""The whole command on short runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.model.pack import bundled_model
from tests.training.runs import train
from training.cli import run
from training.compare.readme import BEGIN, END


@pytest.fixture(scope="module")
def runs(labelled_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    train("dense", labelled_films, folder / "dense-0", "--folds", "0,1")
    train("dense", labelled_films, folder / "dense-2", "--folds", "2,3", "--seed", "4")
    train("cnn", labelled_films, folder / "cnn-4", "--folds", "4,0")
    return folder


def compare(data: Path, out: Path, *more: object) -> int:
    return run(["compare", *map(str, more), "--data", str(data), "--out", str(out)])


def figures(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    for row in found["rows"]:
        del row["cost"]["milliseconds"]
    return found


def test_one_table_and_one_chart(
    runs: Path, labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nan old table\n{END}\nafter\n", encoding="utf-8")
    names = [runs / name for name in ("cnn-4", "dense-0", "dense-2", "dense-0")]
    more = ["--model", bundled_model(), "--not-measured", "vgg16_transfer", "--not-measured", "cnn_deep"]
    assert compare(labelled_films, tmp_path / "out", *names, *more, "--readme", readme) == 0
    found = figures(tmp_path / "out")
    rows = {row["label"]: row for row in found["rows"]}
    dense, cnn = (rows[f"{name} (batch size 8, another augmentation)"] for name in ("dense", "cnn"))
    (shipped,) = [row for row in found["rows"] if row["shipped"]]
    assert (dense["folds"], dense["films"], dense["measurements"], dense["epochs"]) == ([0, 2], 36, 2, [2, 2])
    assert (cnn["folds"], cnn["films"], cnn["input_size"]) == ([4], 18, 32)
    assert (shipped["folds"], shipped["input_size"], shipped["epochs"]) == ([0], 224, [])
    values = [row["auroc"]["value"] for row in found["rows"]]
    assert values == sorted(values, reverse=True)
    assert found["not_measured"] == ["cnn_deep", "vgg16_transfer"]

    table = (tmp_path / "out" / "compare.md").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 3 + 2
    assert len({line.count("|") for line in lines}) == 1
    assert "one fold (4): 18 films" in table
    assert "2 folds (0, 2): 36 films" in table
    assert "chosen on the run's own choosing fold, never on the films reported on" in table
    assert lines[-1].startswith("| vgg16_transfer | not measured |")
    assert readme.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\n{table}\n{END}\nafter\n"
    with Image.open(tmp_path / "out" / "compare.png") as chart:
        assert chart.size[0] == 1800
    assert not list(tmp_path.rglob("*.partial"))
    assert "not measured" in capsys.readouterr().out

    more[1:1] = [bundled_model(), "--model"]
    assert compare(labelled_films, tmp_path / "again", *reversed(names), *more) == 0
    assert figures(tmp_path / "again")["rows"] == found["rows"]


def test_a_model_on_folds_that_are_named(labelled_films: Path, tmp_path: Path) -> None:
    assert compare(labelled_films, tmp_path, "--model", bundled_model(), "--folds", "3,2") == 0
    (row,) = figures(tmp_path)["rows"]
    assert (row["folds"], row["films"]) == ([2, 3], 36)


def without_fold(data: Path, folder: Path, fold: str) -> Path:
    shutil.copytree(data, folder)
    lines = (folder / "manifest.csv").read_text().splitlines()
    (folder / "manifest.csv").write_text("\n".join(line for line in lines if not line.endswith(f",{fold}")) + "\n")
    return folder


def one_kind_in_fold(data: Path, folder: Path, fold: str) -> Path:
    shutil.copytree(data, folder)
    lines = (folder / "manifest.csv").read_text().splitlines()
    kept = [line for line in lines if not (line.endswith(f",{fold}") and "NORMAL" in line)]
    (folder / "manifest.csv").write_text("\n".join(kept) + "\n")
    return folder


def test_what_cannot_be_compared_is_one_sentence(
    runs: Path, labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, broken = tmp_path / "out", tmp_path / "broken"
    shutil.copytree(runs / "cnn-4", broken)
    (broken / "config.json").write_text("{")
    page = tmp_path / "page.md"
    page.write_text(f"{END} {BEGIN}")
    lacking = without_fold(labelled_films, tmp_path / "lacking", "2")
    one_kind = one_kind_in_fold(labelled_films, tmp_path / "one-kind", "2")
    good = runs / "dense-2"
    for data, arguments, words in (
        (labelled_films, [], "nothing to compare"),
        (labelled_films, [tmp_path / "gone"], "no finished run"),
        (labelled_films, [good, tmp_path], "no finished run"),
        (labelled_films, [broken], "config.json cannot be read"),
        (labelled_films, [good, "--not-measured", "dense"], "There is a run of dense"),
        (labelled_films, [good, "--readme", page], "no one place for the table"),
        (labelled_films, [good, "--readme", tmp_path / "gone.md"], "gone.md cannot be read"),
        (labelled_films, ["--model", tmp_path / "gone.onnx"], "gone.onnx is not there"),
        (labelled_films, ["--model", bundled_model(), "--folds", "7"], "no fold 7. Choose from: 0, 1, 2, 3, 4."),
        (lacking, [good], "no fold 2. Choose from: 0, 1, 3, 4."),
        (one_kind, [good], "Fold 2 holds only films of one kind"),
        (tmp_path / "gone", [good], "manifest.csv"),
    ):
        assert compare(data, out, *arguments) == 1
        error = capsys.readouterr().err.strip()
        assert words in error
        assert len(error.splitlines()) == 1
    assert not out.exists()


def test_a_folder_that_cannot_be_written(labelled_films: Path, runs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert compare(labelled_films, tmp_path / "file" / "out", runs / "dense-0") == 1


@pytest.mark.parametrize("folds", ["1", "1,1", "a,b", "1,2,3"])
def test_folds_of_a_run_are_two_different_ones(folds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["run", "cnn", "--data", "x", "--out", "y", "--folds", folds])
    assert stopped.value.code == 2
    assert "two different folds" in capsys.readouterr().err


def test_a_run_on_a_fold_that_is_not_there(
    labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "cnn", "--data", str(labelled_films), "--out", str(tmp_path), "--folds", "9,1"]
    assert run(arguments) == 1
    assert "no fold 9" in capsys.readouterr().err
