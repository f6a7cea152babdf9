"""A film with dark bones is found and turned round, and no other film is."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.films.film import FilmFacts, Radiograph
from engine.films.polarity import evidence_of_bright_bones, rank_cells, show_bones_bright
from engine.films.radiograph import load_radiograph
from engine.paths import resource
from engine.reasons import Note
from tests.builders import picture_bytes, write_dicom
from tests.engine.films.syntaxes import WINDOW, film, stored_values

SAMPLES = sorted(path for path in resource("samples").glob("phantom-*"))


def radiograph(pixels: NDArray[np.float32], **options: object) -> Radiograph:
    return Radiograph(pixels, FilmFacts(container="png", rows=pixels.shape[0], columns=pixels.shape[1]), **options)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_samples_stay_as_they_are_and_their_negatives_are_turned_round(path: Path) -> None:
    upright = load_radiograph(path)
    assert upright.notes == ()
    corrected = show_bones_bright(radiograph(np.float32(1.0) - upright.pixels))
    assert corrected.notes == (Note.INVERTED_CORRECTED,)
    assert corrected.pixels == pytest.approx(upright.pixels, abs=1e-6)


def test_inverting_a_film_turns_the_evidence_round() -> None:
    assert evidence_of_bright_bones(1.0 - film()) == pytest.approx(-evidence_of_bright_bones(film()), abs=0.2)


@pytest.mark.parametrize("gamma", [0.6, 1.6])
def test_contrast_hardly_moves_a_rank(gamma: float) -> None:
    assert np.abs(rank_cells(film() ** gamma) - rank_cells(film())).mean() <= 0.03


def test_a_blank_picture_gives_no_evidence() -> None:
    assert evidence_of_bright_bones(np.full((200, 200), 0.7, dtype=np.float32)) == 0.0


@pytest.mark.parametrize("tag", ["MONOCHROME1", "MONOCHROME2"])
def test_a_tag_that_lies_about_its_pixels(tmp_path: Path, tag: str) -> None:
    honest = tag == "MONOCHROME1"
    path = write_dicom(
        tmp_path / "film",
        stored_values(12, inverted=not honest),
        BitsStored=12,
        HighBit=11,
        PhotometricInterpretation=tag,
        **WINDOW,
    )
    loaded = load_radiograph(path)
    assert loaded.notes == (Note.INVERTED_CORRECTED,)
    assert loaded.pixels == pytest.approx(film(), abs=1e-5)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_inverted_picture(tmp_path: Path, kind: str) -> None:
    (tmp_path / "film").write_bytes(picture_bytes(stored_values(8, inverted=True), kind, quality=95))
    loaded = load_radiograph(tmp_path / "film")
    assert loaded.notes == (Note.INVERTED_CORRECTED,)
    assert np.abs(loaded.pixels - film()).mean() < 0.01


@pytest.mark.parametrize("border", [0.0, 1.0], ids=["black", "white"])
@pytest.mark.parametrize("inverted", [False, True], ids=["upright", "inverted"])
def test_a_border_says_nothing(border: float, inverted: bool) -> None:
    framed = np.pad(1.0 - film() if inverted else film(), ((0, 0), (90, 90)), constant_values=border)
    assert bool(show_bones_bright(radiograph(framed.astype(np.float32))).notes) is inverted


def test_padding_stays_black() -> None:
    padding = np.zeros(film().shape, dtype=bool)
    padding[:40] = True
    negative = np.where(padding, np.float32(0.0), np.float32(1.0) - film())
    corrected = show_bones_bright(radiograph(negative, padding=padding))
    assert corrected.notes == (Note.INVERTED_CORRECTED,)
    assert not corrected.pixels[:40].any()


def test_a_coloured_picture_is_left_alone() -> None:
    negative = radiograph(np.float32(1.0) - film(), colourfulness=0.5)
    assert show_bones_bright(negative) is negative


def _real_films(folder: Path, step: int) -> list[Path]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row.get("use") not in ("report", "none")]
    return [folder / row["file"] for row in rows][::step]


@pytest.mark.real_films
def test_real_films(films_folder: Path) -> None:
    """Of 200 films no more than one is turned round, and no more than two negatives are missed."""
    paths = _real_films(films_folder / "kermany", 52)[:100] + _real_films(films_folder / "nih", 10)[:100]
    false = missed = 0
    for path in paths:
        with Image.open(path) as image:
            upright = np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255.0)
        false += bool(show_bones_bright(radiograph(upright)).notes)
        missed += not show_bones_bright(radiograph(np.float32(1.0) - upright)).notes
    assert len(paths) == 200
    assert false <= 1
    assert missed <= 2


@pytest.mark.real_films
def test_an_inverted_film_among_the_real_ones_is_found(films_folder: Path) -> None:
    assert load_radiograph(films_folder / "nih/images/00017999_000.jpg").notes == (Note.INVERTED_CORRECTED,)
