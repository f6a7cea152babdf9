"""A contact sheet of what the gate got wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from training.gate.groups import Group
from training.small_copy import small_copy

_TILE, _PER_ROW, _MOST = 120, 8, 48


def contact_sheet(groups: Sequence[Group]) -> Figure:
    """Small copies of what the gate got wrong, each with its kind and reason."""
    wrong = [(group, film) for group in groups if not group.cut for film in group.wrong][:_MOST]
    rows = max(1, -(-len(wrong) // _PER_ROW))
    figure = Figure(figsize=(_PER_ROW * 1.5, rows * 1.75), layout="constrained")
    panels = np.asarray(figure.subplots(rows, _PER_ROW, squeeze=False)).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (group, film) in zip(panels, wrong, strict=False):
        small = small_copy(film.path, longest=_TILE)
        if small is None:
            continue
        axes.imshow(small, cmap="gray", vmin=0.0, vmax=1.0)
        axes.set_title(f"{group.name}\n{film.reason or f'let through, turned {film.turns}'}", fontsize=5)
    return figure
