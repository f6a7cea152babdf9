from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.model.preprocess import InputSpec
from training.films import DataError, FilmSquares, LabelledFilm, load_squares
from training.shipped.lung_masks import MASK_SIZE, LungMasks, complete_masks, keep_two_lungs, read_lung_masks

SPEC = InputSpec(size=64, low_percentile=0.5, high_percentile=99.5, mean=0.0, std=1.0)


def save(pixels: NDArray[np.uint8], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def film_and_mask() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A film with flat borders above and at its left, bright lungs, and the mask of the whole film."""
    film = np.zeros((150, 130), dtype=np.uint8)
    film[50:, 30:] = np.random.default_rng(3).integers(20, 90, (100, 100))
    mask = np.zeros_like(film)
    mask[70:130, 40:65] = mask[70:130, 85:120] = 255
    film[mask == 255] = 220
    return film, mask


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    film, mask = film_and_mask()
    save(film, tmp_path / "films/a/1.png")
    save(film, tmp_path / "films/a/2.jpg")
    save(mask, tmp_path / "masks/a/2.png")
    return tmp_path / "films", tmp_path / "masks"


def squares_of(data: Path) -> FilmSquares:
    films = [LabelledFilm(data / name, 0, name, 2) for name in ("a/1.png", "a/2.jpg")]
    return load_squares(films, SPEC, size=MASK_SIZE, what="films", quiet=True)


def test_a_mask_lies_on_the_square_of_its_film(folders: tuple[Path, Path]) -> None:
    data, masks = folders
    squares = squares_of(data)
    found = read_lung_masks(squares, data=data, masks=masks)
    assert found.films.tolist() == [1]
    assert found.lung.shape == found.known.shape == (1, MASK_SIZE, MASK_SIZE)
    # The film is turned round as it is read, so that its lungs are dark, as those of real films.
    dark, lung = squares.squares[1] < 55, found.lung[0] > 127
    assert (dark & lung).sum() / (dark | lung).sum() > 0.9
    assert found.known.all()


def test_ignored_places_are_neither_lung_nor_known(folders: tuple[Path, Path]) -> None:
    data, masks = folders
    _, mask = film_and_mask()
    mask[100:] = 127
    save(mask, masks / "a/2.png")
    found = read_lung_masks(squares_of(data), data=data, masks=masks)
    assert found.known[0, :31].all()
    assert not found.known[0, 33:].any()
    assert found.lung[0, 15].max() == 255
    assert found.lung[0, 33:].max() == 0


def test_a_folder_without_masks_is_one_sentence(folders: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = folders
    with pytest.raises(DataError, match="Name the folder with the lung masks"):
        read_lung_masks(squares_of(data), data=data, masks=tmp_path / "elsewhere")


@pytest.mark.parametrize("damage", ["cut off", "no picture", "header", "empty"])
def test_a_damaged_mask_is_one_sentence(folders: tuple[Path, Path], damage: str) -> None:
    data, masks = folders
    path = masks / "a/2.png"
    whole = path.read_bytes()
    header = io.BytesIO(whole).getbuffer()[:20].tobytes() + bytes([whole[20] ^ 1]) + whole[21:]
    path.write_bytes({"cut off": whole[:-60], "no picture": b"mask", "header": header, "empty": b""}[damage])
    with pytest.raises(DataError, match=r"a/2\.png cannot be read"):
        read_lung_masks(squares_of(data), data=data, masks=masks)


def test_spills_are_dropped_and_the_lungs_keep_their_edges() -> None:
    lungs = np.zeros((40, 40))
    for column in (4, 22):
        lungs[7:33, column - 2 : column + 14] = 40.0
        lungs[8:32, column - 1 : column + 13] = 80.0
        lungs[9:31, column : column + 12] = 250.0
    spilt = lungs.copy()
    spilt[0:5, 0:3] = spilt[35:40, 30:39] = 90.0
    spilt[1:4, 0:2] = spilt[36:39, 31:38] = 200.0
    assert np.array_equal(keep_two_lungs(lungs), lungs)
    assert np.array_equal(keep_two_lungs(spilt), lungs)
    one = np.zeros((40, 40))
    one[5:20, 5:20] = 180.0
    assert np.array_equal(keep_two_lungs(one), one)


class UpperHalf(torch.nn.Module):
    """Finds lungs in the upper half of each film, surely, and shows what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, films: Tensor) -> Tensor:
        self.seen.append(films)
        side = films.shape[-1] // 4
        odds = torch.full((len(films), 1, side, side), -9.0)
        odds[:, :, : side // 2] = 9.0
        return odds


def test_masks_that_people_drew_win_where_they_decided() -> None:
    squares = np.full((70, 96, 96), 51, dtype=np.uint8)
    lung = np.zeros((1, MASK_SIZE, MASK_SIZE), dtype=np.uint8)
    lung[:, :, :20] = 255
    known = np.zeros(lung.shape, dtype=bool)
    known[:, :, :40] = True
    network = UpperHalf()
    masks = complete_masks(squares, LungMasks(np.array([68]), lung, known), cast(Any, network), SPEC, size=32)
    assert masks.shape == (70, MASK_SIZE, MASK_SIZE)
    assert [len(films) for films in network.seen] == [64, 6]
    assert torch.allclose(network.seen[0], torch.full((64, 1, 32, 32), 0.2), atol=1e-3)
    drawn, others = masks[68], np.delete(masks, 68, axis=0)
    assert (others[:, :28] > 250).all()
    assert (others[:, 36:] < 5).all()
    assert np.array_equal(drawn[:, :40], lung[0, :, :40])
    assert np.array_equal(drawn[:, 40:], others[0, :, 40:])
    unaided = complete_masks(squares[:2], None, cast(Any, network), SPEC, size=32)
    assert np.array_equal(unaided, others[:2])
