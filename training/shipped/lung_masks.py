"""Lung masks: those that people drew, and those that the first stage draws where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from torch import Tensor

from engine.model.preprocess import Box, InputSpec, resample
from training.films import DataError, FilmSquares
from training.logits import normalised
from training.precision import half_precision
from training.shipped.lung_network import LungNetwork

MASK_SIZE = 64
_LUNG_FROM, _IGNORED = 200, range(65, 200)
_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class LungMasks:
    """Masks on the squares of films.

    Attributes:
        films: (n,) index of each masked film.
        lung: (n, 64, 64) uint8, share of lung in each place, 255 all of it.
        known: (n, 64, 64) bool, where the people who drew the mask decided.
    """

    films: NDArray[np.int64]
    lung: NDArray[np.uint8]
    known: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_]) -> LungMasks:
        """The masks that are chosen, (n,) bool."""
        return LungMasks(self.films[chosen], self.lung[chosen], self.known[chosen])


def read_lung_masks(squares: FilmSquares, *, data: Path, masks: Path) -> LungMasks:
    """The masks in folder `masks`, named as the films below `data`: 0 background, 127 ignore, 255 lung.

    Raises:
        DataError: No film has a mask, or one cannot be read.
    """
    found, lungs, knowns = [], [], []
    for index, (film, box) in enumerate(zip(squares.films, squares.boxes, strict=True)):
        path = masks / film.path.relative_to(data).with_suffix(".png")
        if not path.is_file():
            continue
        try:
            with Image.open(path) as picture:
                mask = _cut(np.asarray(picture.convert("L")), box)
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises where a PNG is damaged
            raise DataError(f"The lung mask {path} cannot be read. Remove it, or copy it again.") from error
        found.append(index)
        lungs.append(_share(mask >= _LUNG_FROM))
        knowns.append(_share((mask >= _IGNORED.start) & (mask < _IGNORED.stop)) < 255 // 3)
    if not found:
        raise DataError(f"{masks} has no masks for these films. Name the folder with the lung masks.")
    return LungMasks(np.array(found), np.stack(lungs), np.stack(knowns))


def complete_masks(
    squares: NDArray[np.uint8], drawn: LungMasks | None, network: LungNetwork, spec: InputSpec, *, size: int
) -> NDArray[np.uint8]:
    """A mask for every film: (n, 64, 64) uint8, 255 lung; drawn by people where they did, else by the network.

    Args:
        squares: (n, S, S) uint8.
        drawn: The masks of people, if any.
        network: A trained network in evaluation mode.
        spec: The network's input.
        size: Side of the squares that the network is shown.
    """
    masks = np.empty((len(squares), MASK_SIZE, MASK_SIZE), dtype=np.uint8)
    for start in range(0, len(squares), _BATCH):
        films = torch.from_numpy(squares[start : start + _BATCH]).unsqueeze(1).float() / 255.0
        films = F.interpolate(films, size=(size, size), mode="area")
        shares = torch.sigmoid(lung_log_odds(network, films, spec))
        shares = F.interpolate(shares, size=(MASK_SIZE, MASK_SIZE), mode="bilinear", align_corners=False)
        masks[start : start + _BATCH] = [keep_two_lungs(mask) for mask in np.round(shares[:, 0].numpy() * 255)]
    if drawn is not None:
        masks[drawn.films] = np.where(drawn.known, drawn.lung, masks[drawn.films])
    return masks


@torch.no_grad()
def lung_log_odds(network: LungNetwork, films: Tensor, spec: InputSpec) -> Tensor:
    """Log odds of lung (B, 1, S/4, S/4) of films (B, 1, S, S) in 0..1."""
    with half_precision("cpu"):
        maps: Tensor = network(normalised(films, spec))
    return maps.float()


def keep_two_lungs(mask: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The two largest patches of a mask (H, W) of 0..255; what spills outside the chest is dropped, with its edges."""
    patches, count = ndimage.label(mask > 100)
    if count > 2:
        sizes = ndimage.sum_labels(np.ones_like(mask), patches, range(1, count + 1))
        largest = np.argsort(sizes)[-2:] + 1
        nearest = ndimage.distance_transform_edt(patches == 0, return_distances=False, return_indices=True)
        mask = np.where(np.isin(patches[tuple(nearest)], largest) | (mask <= 60), mask, 0)
    return mask.astype(np.uint8)


def _cut(mask: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    rows, columns = mask.shape
    top, bottom = round(box.top * rows), round(box.bottom * rows)
    return mask[top:bottom, round(box.left * columns) : round(box.right * columns)]


def _share(places: NDArray[np.bool_]) -> NDArray[np.uint8]:
    shares = resample(places.astype(np.float32), height=MASK_SIZE, width=MASK_SIZE)
    return np.round(shares * 255.0).astype(np.uint8)
