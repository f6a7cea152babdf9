"""The bundled sample films: the committed ones are those that are drawn, and the reader shows them right."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian

from engine.films.radiograph import load_radiograph
from engine.paths import resource
from training.phantoms.catalogue import FILMS, PICTURE_NAME, TEXT_NAME, reading_list
from training.phantoms.drawing import draw
from training.phantoms.files import write_film, write_samples

SAMPLES = resource("samples")
EVERY = [pytest.param(phantom, id=phantom.name) for phantom in FILMS]
TAGGED = [pytest.param(phantom, id=phantom.name) for phantom in FILMS if phantom.tags is not None]
UNPACKED = [film for film in TAGGED if film.values[0].tags.syntax == ExplicitVRLittleEndian]
JPEG_TOLERANCE = 3  # grey levels; libraries round differently


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


def _pixels(path: Path):
    if path.suffix == ".dcm":
        return pydicom.dcmread(path).pixel_array.astype(np.int32)
    with Image.open(path) as image:
        return np.asarray(image).astype(np.int32)


def _tags(path: Path):
    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    return dataset.file_meta, dataset


def test_the_folder_holds_the_films_and_two_other_files():
    expected = {phantom.name for phantom in FILMS} | {PICTURE_NAME, TEXT_NAME}
    assert {path.name for path in SAMPLES.iterdir()} == expected
    assert len(FILMS) == 12


def test_the_samples_stay_small():
    sizes = [path.stat().st_size for path in SAMPLES.iterdir()]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 2_600_000


@pytest.mark.parametrize("phantom", EVERY)
def test_the_package_draws_the_committed_film(drawn, phantom):
    new, committed = _pixels(drawn / phantom.name), _pixels(SAMPLES / phantom.name)
    assert new.shape == committed.shape
    assert np.abs(new - committed).max() <= (JPEG_TOLERANCE if phantom.name.endswith(".jpg") else 0)


@pytest.mark.parametrize("phantom", TAGGED)
def test_the_package_writes_the_committed_tags(drawn, phantom):
    assert _tags(drawn / phantom.name) == _tags(SAMPLES / phantom.name)


@pytest.mark.parametrize("phantom", UNPACKED)
def test_uncompressed_dicom_comes_out_byte_for_byte(drawn, phantom):
    assert (drawn / phantom.name).read_bytes() == (SAMPLES / phantom.name).read_bytes()


@pytest.mark.parametrize("phantom", TAGGED)
def test_packing_loses_nothing(phantom):
    stored = np.round(draw(phantom) * 3200).astype(np.int32) + 300
    expected = 4095 - stored if phantom.tags.inverted else stored
    assert np.array_equal(_pixels(SAMPLES / phantom.name), expected)


def test_the_same_film_comes_out_twice(drawn, tmp_path):
    deep = next(phantom for phantom in FILMS if phantom.deep)
    write_film(tmp_path, deep)
    assert (tmp_path / deep.name).read_bytes() == (drawn / deep.name).read_bytes()


def test_the_reading_list_and_the_picture_are_up_to_date(drawn):
    assert (SAMPLES / TEXT_NAME).read_text(encoding="utf-8") == reading_list()
    new, committed = _pixels(drawn / PICTURE_NAME), _pixels(SAMPLES / PICTURE_NAME)
    assert np.abs(new - committed).max() <= 2 * JPEG_TOLERANCE


@pytest.mark.parametrize("phantom", EVERY)
def test_the_reader_shows_lungs_darker_than_the_mediastinum(phantom):
    film = load_radiograph(SAMPLES / phantom.name)
    assert film.pixels.shape == phantom.size

    def brightness(x: float, y: float) -> float:
        down, across = (int(place) for place in phantom.pixel(x, y * phantom.tall))
        return float(film.pixels[down - 12 : down + 13, across - 12 : across + 13].mean())

    mediastinum = brightness(0.0, 0.6)
    assert brightness(-0.55, 0.5) < mediastinum - 0.1
    assert brightness(0.6, 0.5) < mediastinum - 0.1
    assert film.pixels[:, :4].mean() < brightness(0.0, 1.2)


@pytest.mark.parametrize("phantom", TAGGED)
def test_the_tags_say_what_was_meant(phantom):
    facts = load_radiograph(SAMPLES / phantom.name).facts
    stated = f"{facts.age_years:03.0f}Y" if facts.age_years is not None else ""
    assert stated == phantom.tags.age
    assert facts.patient_id == f"PHANTOM-{phantom.number:02}"
    assert (facts.body_part, facts.bits_stored) == ("CHEST", 12)
    assert facts.modality in ("CR", "DX")


def test_drawing_needs_no_torch():
    check = "import sys, training.phantoms.files; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
