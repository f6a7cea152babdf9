from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.errors import FilmFailedError, FilmRejectedError
from engine.films.film import Radiograph, as_radiograph
from engine.films.gate import check_facts
from engine.films.picture import OWN_MARK
from engine.films.radiograph import load_radiograph, open_film
from engine.reasons import Reason
from tests.builders import gradient, picture_bytes, stretched
from tests.engine.films.corpus import interlaced_png, png_chunk, tiled_tiff

EIGHT = np.round(gradient() * 255).astype(np.uint8)
COLOURS = np.repeat(EIGHT[..., np.newaxis], 3, axis=2)
SIXTEEN = np.round(gradient() * 65535).astype(np.uint16)


def decode(data: bytes) -> Radiograph:
    """The film as its file says, whatever it looks like."""
    return as_radiograph(open_film(data).decode())


def level_steps(levels: int) -> np.ndarray:
    """The gradient in so many even steps, 0..1."""
    return np.asarray(np.round(gradient() * (levels - 1)) / (levels - 1), dtype=np.float32)


def png_of_bits(bits: int) -> bytes:
    """A grey PNG of fewer than 8 bits, its pixels packed into bytes."""
    places = np.round(level_steps(2**bits) * (2**bits - 1)).astype(np.uint8)
    rows, columns = places.shape
    packed = np.packbits(np.unpackbits(places[..., np.newaxis], axis=2)[..., -bits:].reshape(rows, -1), axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, bits, 0, 0, 0, 0)
    lines = zlib.compress(b"".join(b"\0" + line.tobytes() for line in packed))
    chunks = ((b"IHDR", header), (b"IDAT", lines), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)


def white_is_zero(data: bytes) -> bytes:
    """The same TIFF, saying of its values that 0 is white."""
    entry = data.index(b"\x06\x01\x03\x00\x01\x00\x00\x00")
    return data[: entry + 8] + b"\0" + data[entry + 9 :]


@pytest.mark.parametrize(
    ("data", "tolerance"),
    [
        (picture_bytes(EIGHT, "JPEG", quality=95), 0.02),
        (picture_bytes(EIGHT, "JPEG", quality=95, progressive=True), 0.02),
        (picture_bytes(COLOURS, "JPEG", quality=95), 0.02),
        (picture_bytes(COLOURS, "JPEG", quality=95, progressive=True, subsampling="4:2:0"), 0.02),
        (picture_bytes(Image.fromarray(COLOURS).convert("CMYK"), "JPEG", quality=95), 0.02),
        (picture_bytes(EIGHT, "PNG"), 0.003),
        (picture_bytes(COLOURS, "PNG"), 0.003),
        (picture_bytes(Image.fromarray(EIGHT).convert("LA"), "PNG"), 0.003),
        (picture_bytes(Image.fromarray(COLOURS).convert("RGBA"), "PNG"), 0.003),
        (picture_bytes(Image.fromarray(EIGHT).convert("P"), "PNG"), 0.003),
        (interlaced_png(EIGHT), 0.003),
        (picture_bytes(EIGHT, "TIFF"), 0.003),
        (picture_bytes(EIGHT, "TIFF", compression="tiff_lzw"), 0.003),
        (picture_bytes(COLOURS, "TIFF", compression="tiff_adobe_deflate"), 0.003),
        (picture_bytes(EIGHT, "TIFF", compression="packbits"), 0.003),
        (picture_bytes(COLOURS, "TIFF", compression="jpeg", quality=95), 0.02),
        (tiled_tiff(EIGHT), 0.003),
        (white_is_zero(picture_bytes(255 - EIGHT, "TIFF")), 0.003),
        (picture_bytes(EIGHT, "BMP"), 0.003),
        (picture_bytes(COLOURS, "BMP"), 0.003),
        (picture_bytes(COLOURS, "WEBP", lossless=True), 0.003),
        (picture_bytes(COLOURS, "WEBP", quality=95), 0.03),
    ],
    ids=[
        "jpeg", "jpeg progressive", "jpeg rgb", "jpeg progressive rgb", "jpeg cmyk", "png", "png rgb", "png with alpha",
        "png rgb with alpha", "png palette", "png interlaced", "tiff", "tiff lzw", "tiff deflate", "tiff packbits",
        "tiff jpeg", "tiff tiled", "tiff white is zero", "bmp", "bmp rgb", "webp lossless", "webp",
    ],
)  # fmt: skip
def test_every_format_gives_the_same_film(data: bytes, tolerance: float) -> None:
    film = decode(data)
    assert film.pixels.dtype == np.float32
    assert film.pixels == pytest.approx(EIGHT / np.float32(255), abs=tolerance)
    assert film.colourfulness < 0.01


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_pngs_of_few_bits(bits: int) -> None:
    film = decode(png_of_bits(bits))
    assert film.pixels == pytest.approx(level_steps(2**bits), abs=0.003)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_tiffs_of_floating_numbers_fill_the_range(compression: str | None) -> None:
    values = (gradient() * 3000 - 500).astype(np.float32)
    film = decode(picture_bytes(values, "TIFF", compression=compression))
    assert film.pixels == pytest.approx(stretched(gradient()), abs=0.001)


def test_a_number_that_is_none_does_not_spread() -> None:
    values = gradient().copy()
    values[:3] = np.nan
    values[5, 5] = np.inf
    film = decode(picture_bytes(values, "TIFF"))
    assert film.pixels[10:] == pytest.approx(stretched(gradient())[10:], abs=0.03)
    assert not film.pixels[:3].any()


def test_a_tiff_of_one_bit_says_which_end_is_white() -> None:
    black_and_white = Image.fromarray(EIGHT > 128)
    data = picture_bytes(black_and_white, "TIFF")
    assert decode(data).pixels == pytest.approx((EIGHT > 128).astype(np.float32))


def test_colours_of_16_bits_keep_the_range() -> None:
    rgb = np.repeat(SIXTEEN[..., np.newaxis], 3, axis=2).astype(">u2")
    rows, columns = SIXTEEN.shape
    lines = zlib.compress(b"".join(b"\0" + line.tobytes() for line in rgb))
    header = struct.pack(">IIBBBBB", columns, rows, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", lines), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)
    assert decode(data).pixels == pytest.approx(gradient(), abs=0.005)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_deep_pictures_keep_their_depth_and_fill_the_range(kind: str) -> None:
    film = open_film(picture_bytes(SIXTEEN // 16, kind))
    assert film.facts.bits_stored == 16
    pixels = as_radiograph(film.decode()).pixels
    assert pixels == pytest.approx(stretched(gradient()), abs=0.001)
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
    assert as_radiograph(film.decode()).pixels == pytest.approx(gradient(), abs=0.02)
    # The brightest corner is the lower right one as shown; it must be found where the file has it.
    x, y = film.facts.as_stored(0.99, 0.99)
    rows, columns = np.asarray(stored).shape
    assert np.asarray(stored)[int(y * rows), int(x * columns)] > 240


@pytest.mark.parametrize("orientation", [0, 9, 4181])
def test_an_orientation_that_is_none_turns_nothing(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    film = open_film(picture_bytes(np.zeros((30, 40), np.uint8), "JPEG", exif=exif))
    assert (film.facts.rows, film.facts.columns) == film.decode().pixels.shape == (30, 40)


def test_a_tiff_that_is_turned_tells_its_true_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(EIGHT).transpose(Image.Transpose.ROTATE_90)
    film = open_film(picture_bytes(np.asarray(stored), "TIFF", exif=exif))
    assert as_radiograph(film.decode()).pixels.shape == (film.facts.rows, film.facts.columns) == EIGHT.shape


def test_a_deep_tiff_whose_zero_is_white_is_turned_round() -> None:
    shown = decode(white_is_zero(picture_bytes(SIXTEEN, "TIFF"))).pixels
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
    assert decode(picture_bytes(colours, "PNG")).colourfulness == pytest.approx(1.0)


def test_transparency_lies_over_black() -> None:
    picture = np.full((100, 100, 4), 255, dtype=np.uint8)
    picture[:50, :, 3] = 0
    pixels = decode(picture_bytes(picture, "PNG")).pixels
    assert pixels[:50].max() == 0.0
    assert pixels[50:].min() == 1.0


@pytest.mark.parametrize("kind", ["TIFF", "WEBP", "PNG"])
def test_a_file_of_several_pictures_is_refused_by_the_gate(kind: str) -> None:
    page = Image.fromarray(255 - EIGHT)
    film = open_film(picture_bytes(EIGHT, kind, save_all=True, append_images=[page]))
    with pytest.raises(FilmRejectedError) as refusal:
        check_facts(film)
    assert refusal.value.reason is Reason.MULTI_FRAME


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_file_that_ends_early_is_corrupt(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200), dtype=np.uint8)
    data = picture_bytes(noise, kind)
    with pytest.raises(FilmFailedError) as failure:
        decode(data[: len(data) * 2 // 3])
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
