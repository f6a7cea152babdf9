from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.errors import FilmFailedError, FilmRejectedError
from engine.films.picture import OWN_MARK
from engine.films.radiograph import load_radiograph, open_film
from engine.films.tone import stretch_to_unit
from engine.reasons import Reason
from tests.builders import gradient, picture_bytes

EIGHT = np.round(gradient() * 255).astype(np.uint8)
SIXTEEN = np.round(gradient() * 65535).astype(np.uint16)


@pytest.mark.parametrize(
    ("pixels", "kind", "options", "tolerance"),
    [
        (EIGHT, "JPEG", {"quality": 95}, 0.02),
        (EIGHT, "JPEG", {"quality": 95, "progressive": True}, 0.02),
        (EIGHT, "PNG", {}, 0.003),
        (EIGHT, "BMP", {}, 0.003),
        (EIGHT, "WEBP", {"lossless": True}, 0.003),
        (EIGHT, "TIFF", {"compression": "tiff_lzw"}, 0.003),
        (np.repeat(EIGHT[..., np.newaxis], 3, axis=2), "PNG", {}, 0.003),
    ],
)
def test_every_format_gives_the_same_film(
    pixels: np.ndarray, kind: str, options: dict[str, object], tolerance: float
) -> None:
    film = open_film(picture_bytes(pixels, kind, **options)).decode()
    assert film.pixels.dtype == np.float32
    assert film.pixels == pytest.approx(gradient(), abs=tolerance)
    assert film.colourfulness < 0.01


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_deep_pictures_keep_their_depth_and_fill_the_range(kind: str) -> None:
    film = open_film(picture_bytes(SIXTEEN // 16, kind))
    assert film.facts.bits_stored == 16
    pixels = film.decode().pixels
    assert pixels == pytest.approx(stretch_to_unit(gradient()), abs=0.001)
    assert len(np.unique(pixels)) > 1000


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = Image.fromarray(EIGHT)
    stored = upright.transpose(back[orientation]) if orientation > 1 else upright
    film = open_film(picture_bytes(np.asarray(stored), "JPEG", quality=95, exif=exif))
    assert (film.facts.rows, film.facts.columns) == EIGHT.shape
    assert film.decode().pixels == pytest.approx(gradient(), abs=0.02)
    # The brightest corner is the lower right one as shown; it must be found where the file has it.
    x, y = film.facts.as_stored(0.99, 0.99)
    rows, columns = np.asarray(stored).shape
    assert np.asarray(stored)[int(y * rows), int(x * columns)] > 240


def test_a_tiff_that_is_turned_tells_its_true_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(EIGHT).transpose(Image.Transpose.ROTATE_90)
    film = open_film(picture_bytes(np.asarray(stored), "TIFF", exif=exif))
    assert film.decode().pixels.shape == (film.facts.rows, film.facts.columns) == EIGHT.shape


def test_a_deep_tiff_whose_zero_is_white_is_turned_round() -> None:
    data = bytearray(picture_bytes(SIXTEEN, "TIFF"))
    entry = data.index(b"\x06\x01\x03\x00\x01\x00\x00\x00")  # the tag that says which end is white
    data[entry + 8] = 0
    shown = open_film(bytes(data)).decode().pixels
    assert np.corrcoef(shown.ravel(), gradient().ravel())[0, 1] < -0.99


def test_a_heatmap_of_its_own_is_no_film() -> None:
    mark = PngInfo()
    mark.add_text(*OWN_MARK)
    with pytest.raises(FilmRejectedError) as refusal:
        open_film(picture_bytes(EIGHT, "PNG", pnginfo=mark))
    assert refusal.value.reason is Reason.NOT_A_CHEST_FILM


def test_a_coloured_picture_is_known_as_one() -> None:
    colours = np.zeros((120, 160, 3), dtype=np.uint8)
    colours[..., 0] = 255
    assert open_film(picture_bytes(colours, "PNG")).decode().colourfulness == pytest.approx(1.0)


def test_transparency_lies_over_black() -> None:
    picture = np.full((100, 100, 4), 255, dtype=np.uint8)
    picture[:50, :, 3] = 0
    pixels = open_film(picture_bytes(picture, "PNG")).decode().pixels
    assert pixels[:50].max() == 0.0
    assert pixels[50:].min() == 1.0


def test_pages_are_counted() -> None:
    page = Image.fromarray(EIGHT)
    data = picture_bytes(EIGHT, "TIFF", save_all=True, append_images=[page])
    assert open_film(data).facts.frames == 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_file_that_ends_early_is_corrupt(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200), dtype=np.uint8)
    data = picture_bytes(noise, kind)
    with pytest.raises(FilmFailedError) as failure:
        open_film(data[: len(data) * 2 // 3]).decode()
    assert failure.value.reason is Reason.CORRUPT_PIXELS


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    data = picture_bytes(np.zeros((20_000, 20_000), dtype=np.uint8), "PNG")
    with pytest.raises(FilmFailedError) as failure:
        open_film(data)
    assert failure.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY_FILE),
        (b"just a letter to the editor" * 20, Reason.NOT_AN_IMAGE),
        (b"\xff\xd8\xff", Reason.CORRUPT_PIXELS),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, Reason.CORRUPT_PIXELS),
    ],
)
def test_files_that_are_no_pictures(tmp_path: Path, content: bytes, reason: Reason) -> None:
    path = tmp_path / "film.jpg"
    path.write_bytes(content)
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(path)
    assert failure.value.reason is reason


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "gone", Reason.NOT_FOUND), (tmp_path, Reason.NOT_AN_IMAGE)):
        with pytest.raises(FilmFailedError) as failure:
            load_radiograph(path)
        assert failure.value.reason is reason
