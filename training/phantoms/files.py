"""The files of the samples folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from training.phantoms.catalogue import FILMS, PICTURE_NAME, TEXT_NAME, reading_list
from training.phantoms.dicom import dicom_dataset
from training.phantoms.drawing import draw
from training.phantoms.landscape import draw_landscape
from training.phantoms.phantom import Phantom


def write_samples(folder: Path) -> None:
    """Write the twelve films, the landscape and the reading list into a folder, which is made where missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for phantom in FILMS:
        write_film(folder, phantom)
    Image.fromarray(draw_landscape()).save(folder / PICTURE_NAME, quality=88)
    (folder / TEXT_NAME).write_bytes(reading_list().encode("utf-8"))


def write_film(folder: Path, phantom: Phantom) -> None:
    """Draw a phantom into its file: JPEG of 8 bits, PNG of 16, or DICOM of 12.

    Args:
        folder: An existing folder; the phantom names the file in it.
        phantom: What to draw.
    """
    film, path = draw(phantom), folder / phantom.name
    if phantom.tags is not None:
        dicom_dataset(phantom, phantom.tags, film).save_as(path, enforce_file_format=True)
    elif phantom.deep:
        # Ten bits from the detector, shifted up to sixteen.
        Image.fromarray(np.round(film * 1023).astype(np.uint16) << 6).save(path, compress_level=9)
    else:
        Image.fromarray(np.round(film * 255).astype(np.uint8)).save(path, quality=90)
