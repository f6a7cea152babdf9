from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from tests.training.explore.test_measures import look_at
from training.explore import likeness
from training.explore.findings import warnings_of


def films_of(data: Path) -> list[set[str]]:
    return [{film.file for film in group.films} for group in look_at(data).duplicates]


def test_different_films_are_no_duplicates(in_folders: Path) -> None:
    assert films_of(in_folders) == []


def test_a_copy_that_was_resized_brightened_and_compressed_is_found(in_folders: Path) -> None:
    with Image.open(in_folders / "train" / "NORMAL" / "1.png") as film:
        changed = ImageEnhance.Brightness(film.resize((224, 224))).enhance(0.8)
    changed.save(in_folders / "val" / "PNEUMONIA" / "copy.jpg", quality=60)
    found = look_at(in_folders)
    (group,) = found.duplicates
    assert {film.file for film in group.films} == {"train/NORMAL/1.png", "val/PNEUMONIA/copy.jpg"}
    assert group.crosses_splits
    assert group.crosses_classes
    assert not group.crosses_patients
    sentences = warnings_of(found)
    assert any("1 picture stands in more than one split" in sentence for sentence in sentences)
    assert any("1 picture stands under more than one class" in sentence for sentence in sentences)


def test_copies_of_copies_are_one_group_and_the_grave_ones_come_first(in_folders: Path) -> None:
    normal, other = (in_folders / "train" / name for name in ("NORMAL", "PNEUMONIA"))
    for name in ("a", "b"):
        shutil.copy(normal / "0.png", normal / f"{name}.png")
    shutil.copy(other / "3.png", in_folders / "val" / "PNEUMONIA" / "c.png")
    assert films_of(in_folders) == [
        {"train/PNEUMONIA/3.png", "val/PNEUMONIA/c.png"},
        {"train/NORMAL/0.png", "train/NORMAL/a.png", "train/NORMAL/b.png"},
    ]


def test_films_that_agree_only_as_a_whole_are_no_duplicates(tmp_path: Path) -> None:
    """The same broad shading under different detail: the hashes are alike, the films are not."""
    chance = np.random.default_rng(0)
    broad = np.kron(chance.uniform(60, 200, (6, 6)), np.ones((16, 16)))
    for name in ("NORMAL/a.png", "PNEUMONIA/b.png"):
        (tmp_path / name).parent.mkdir()
        Image.fromarray((broad + chance.normal(0, 25, broad.shape)).clip(0, 255).astype(np.uint8)).save(tmp_path / name)
    read = look_at(tmp_path).read
    low = likeness._lowest_cosine_terms(read.copies)
    differing = np.diff((low > np.median(low, axis=1, keepdims=True)).astype(int), axis=0)
    assert np.abs(differing).sum() <= likeness._NEAR_BITS
    assert likeness.find_duplicates(read) == []


def test_the_turned_film_is_the_outlier_of_its_class(tmp_path: Path) -> None:
    """30 films that vary in brightness and shade, and one that lies on its side."""
    chance = np.random.default_rng(3)
    down, across = np.mgrid[0:64, 0:64] / 64
    for label, tilt in (("NORMAL", 0.0), ("PNEUMONIA", 0.3)):
        (tmp_path / label).mkdir()
        for number in range(30):
            film = 100 + 80 * np.abs(across - 0.5) + tilt * 60 * down + chance.normal(0, 3, (64, 64))
            film = np.rot90(film) if (label, number) == ("NORMAL", 17) else film
            Image.fromarray(film.clip(0, 255).astype(np.uint8)).save(tmp_path / label / f"{number}.png")
    normal, pneumonia = look_at(tmp_path).outliers
    assert normal[0].film.file == "NORMAL/17.png"
    assert normal[0].distance > 1.5 * normal[1].distance
    assert {one.film.label for one in pneumonia} == {"PNEUMONIA"}
