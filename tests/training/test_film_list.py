"""Data sets as people have them: without patients, as plain folders, with films that cannot be read."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from training.cli import run
from training.film_list import list_films
from training.films import DataError

KINDS = {"normal": ("NORMAL", "IM-{}"), "bacteria": ("PNEUMONIA", "p{}_bacteria"), "virus": ("PNEUMONIA", "p{}_virus")}


@pytest.fixture
def plain_folder(labelled_films: Path, tmp_path: Path) -> Path:
    """The films laid out as on Kaggle, without a manifest."""
    folder = tmp_path / "plain"
    for row in rows_of(labelled_films):
        label, stem = KINDS[row["subtype"]]
        target = folder / "train" / label / f"{stem.format(row['file'])}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(labelled_films / row["file"], target)
    (folder / "test/NORMAL").mkdir(parents=True)
    shutil.copy(labelled_films / "0.png", folder / "test/NORMAL/0.png")
    return folder


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(folder: Path, rows: list[dict[str, str]]) -> Path:
    folder.mkdir()
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def train(data: Path, out: Path, *options: str) -> int:
    small = ["--size", "32", "--batch-size", "8", "--epochs", "1", "--accelerator", "cpu"]
    return run(["run", "cnn", "--data", str(data), "--out", str(out), *small, *options])


def test_a_plain_folder_is_learned_from_with_a_warning(
    plain_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = list_films(plain_folder)
    assert Counter(film.label for film in listed.films) == {0: 30, 1: 30, 2: 30}
    assert set(Counter(film.fold for film in listed.films)) == {0, 1, 2, 3, 4}
    assert [film.fold for film in list_films(plain_folder).films] == [film.fold for film in listed.films]
    assert train(plain_folder, tmp_path / "run") == 0
    assert capsys.readouterr().out.count("both sides") == 1


def test_pneumonia_of_unknown_kind_is_left_out_and_counted(plain_folder: Path) -> None:
    shutil.copy(plain_folder / "test/NORMAL/0.png", plain_folder / "train/PNEUMONIA/other.png")
    listed = list_films(plain_folder)
    assert len(listed.films) == 90
    assert "virus in the name: 1." in listed.remarks[0]


def test_a_manifest_without_patients_goes_on_with_a_warning(
    labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"file": str(labelled_films / row["file"]), "split": row["split"], "subtype": row["subtype"]}
        for row in rows_of(labelled_films)
    ]
    data = write_rows(tmp_path / "data", rows)
    assert len({film.patient for film in list_films(data).films}) == 90
    assert train(data, tmp_path / "run") == 0
    assert capsys.readouterr().out.count("both sides") == 1


def test_films_that_cannot_be_read_are_listed_skipped_and_counted(
    labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "file": str(labelled_films / row["file"])} for row in rows_of(labelled_films)]
    (tmp_path / "text.png").write_text("no film")
    for row, name in zip([row for row in rows if row["fold"] == "2"], ("text.png", "gone.png"), strict=False):
        row["file"] = str(tmp_path / name)
    assert train(write_rows(tmp_path / "data", rows), tmp_path / "run") == 0
    said = capsys.readouterr().out
    assert "text.png was left out: " in said
    assert "gone.png was left out: " in said
    assert "cannot be read: 2." in said


def test_only_unreadable_films_are_one_sentence(
    labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "file": "gone.png"} for row in rows_of(labelled_films)]
    assert train(write_rows(tmp_path / "data", rows), tmp_path / "run") == 1
    assert capsys.readouterr().err == (
        "mapafu-train: There are too few films to learn from. Add films or raise the limit.\n"
    )


@pytest.mark.parametrize("case", ["empty class", "single class", "unknown class", "no train", "no folder"])
def test_folders_that_cannot_be_learned_from_are_one_sentence(plain_folder: Path, case: str) -> None:
    match case:
        case "empty class":
            shutil.rmtree(plain_folder / "train/PNEUMONIA")
            (plain_folder / "train/PNEUMONIA").mkdir()
            words = "PNEUMONIA is empty"
        case "single class":
            shutil.rmtree(plain_folder / "train/PNEUMONIA")
            words = "no films of: bacterial, viral"
        case "unknown class":
            (plain_folder / "train/PNEUMONIA").rename(plain_folder / "train/FRACTURE")
            words = "fracture is no class"
        case "no train":
            shutil.rmtree(plain_folder / "train")
            words = "no folder train"
        case _:
            plain_folder = plain_folder / "gone"
            words = "is no folder"
    with pytest.raises(DataError, match=words):
        list_films(plain_folder)
