"""What describes a drawn film: its body, its exposure, its finding and its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import UID

Array = NDArray[np.float64]
Finding = Literal["clear", "right upper lobe", "left lower lobe", "right lower lobe", "patchy", "streaks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a DICOM sample says about itself.

    Attributes:
        syntax: Transfer syntax, which decides how the pixels are packed.
        inverted: Whether the pixels are stored as MONOCHROME1, bright where the film is dark.
        detector: Whether it comes as Digital X-Ray rather than Computed Radiography.
        view: ViewPosition.
        age: PatientAge, such as "003Y", or nothing.
        sex: PatientSex, or nothing.
    """

    syntax: UID
    inverted: bool = False
    detector: bool = False
    view: Literal["AP", "PA"] = "AP"
    age: str = ""
    sex: Literal["F", "M", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """One drawn film.

    Positions in the body are in half widths of the rib cage: x to the right of the picture (the patient's left), y
    downwards from the tips of the lungs, z towards the front. The dome of the right diaphragm lies at y = `tall`.

    Attributes:
        number: Names the film and seeds everything drawn by chance; 1 or more.
        size: Rows and columns.
        width: Half the width of the rib cage, as a share of the columns.
        top: Where the tips of the lungs lie, as a share of the rows.
        tall: Height of the right lung over half the width of the rib cage; small children have little.
        drop: How far a rib descends from back to front; ribs of small children run nearly level.
        phase: Shift of all ribs, as a share of the distance between two.
        tilt: Rotation in the picture plane, in degrees.
        turn: Rotation about the long axis of the body, as a tangent.
        heart: Size of the heart; 1 is usual.
        thymus: Widening of the upper mediastinum, as in small children.
        arms_up: Whether the arms are raised.
        chin: Whether the lower jaw reaches into the film.
        exposure: Above 1 for a dark film, below 1 for a pale one.
        collimated: Whether the beam ends inside the film.
        marker: Letter burnt in beside the shoulder.
        finding: What has replaced air in the lungs.
        deep: Whether a picture without tags is a PNG of 16 bits rather than a JPEG.
        tags: What makes the film a DICOM file.
    """

    number: int
    size: tuple[int, int]
    width: float = 0.36
    top: float = 0.2
    tall: float = 1.25
    drop: float = 0.42
    phase: float = 0.0
    tilt: float = 0.0
    turn: float = 0.0
    heart: float = 1.0
    thymus: float = 0.0
    arms_up: bool = False
    chin: bool = False
    exposure: float = 1.0
    collimated: bool = False
    marker: Literal["", "R", "L"] = ""
    finding: Finding = "clear"
    deep: bool = False
    tags: Tags | None = None

    @property
    def name(self) -> str:
        """The name of its file."""
        ending = "dcm" if self.tags is not None else "png" if self.deep else "jpg"
        return f"phantom-{self.number:02}.{ending}"

    @property
    def unit(self) -> float:
        """Half the width of the rib cage, in pixels."""
        return self.width * self.size[1]

    def pixel(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where places of the body appear on the film.

        Args:
            x: Positions across, any shape.
            y: Positions down, of the same shape.

        Returns:
            The rows and the columns, as fractions, of that shape; they may lie outside the film.
        """
        rows, columns = self.size
        angle = np.deg2rad(self.tilt)
        down, across = np.sin(angle) * x + np.cos(angle) * y, np.cos(angle) * x - np.sin(angle) * y
        return self.top * rows + self.unit * down, columns / 2 + self.unit * across

    def grid(self) -> tuple[Array, Array]:
        """Where the pixels of the film lie in the body: x and y, both (rows, columns); undoes `pixel`."""
        rows, columns = self.size
        angle = np.deg2rad(self.tilt)
        down, across = np.mgrid[0:rows, 0:columns].astype(np.float64)
        down, across = (down - self.top * rows) / self.unit, (across - columns / 2) / self.unit
        return np.cos(angle) * across + np.sin(angle) * down, np.cos(angle) * down - np.sin(angle) * across
