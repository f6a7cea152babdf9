"""The bones: ribs, spine, collar bones, shoulder blades, upper arms and jaw."""

from __future__ import annotations

import numpy as np

from training.phantoms.anatomy import CHEST_DEPTH
from training.phantoms.canvas import Canvas
from training.phantoms.phantom import Array
from training.phantoms.smoothing import smooth_step

_GAP = 0.122  # distance between two vertebrae, in heights of the right lung
_RIBS = 12  # pairs


def bone_thickness(canvas: Canvas, chance: np.random.Generator) -> Array:
    """The bone that a ray meets at each pixel, (rows, columns), in half widths of the rib cage.

    Args:
        canvas: The film.
        chance: What makes the ribs differ a little.
    """
    bone = _spine(canvas)
    for side in (-1, 1):
        for rib in range(_RIBS):
            bone += _rib(canvas, side, rib, chance)
        bone += _shoulder(canvas, side)
    if canvas.phantom.chin:
        jaw = np.abs(np.hypot((canvas.x - 0.02) / 0.56, (canvas.y + 0.8) / 0.46) - 0.93)
        bone += 0.11 * smooth_step(jaw, 0.13, 0.04) * (canvas.y > -0.95)
    return bone


def _rib(canvas: Canvas, side: int, rib: int, chance: np.random.Generator) -> Array:
    """One rib: most of a tilted ring, from the spine round the side to where its cartilage begins."""
    phantom, tall = canvas.phantom, canvas.phantom.tall
    start = (rib - 0.55 + phantom.phase) * (_GAP * tall)
    drop = phantom.drop * (0.6 + 0.4 * min(rib / 3, 1) + 0.05 * max(rib - 6, 0)) * chance.uniform(0.94, 1.06)
    end = np.pi * ((0.8 if rib < 7 else 0.8 - 0.06 * (rib - 6)) + chance.uniform(-0.02, 0.02))
    if rib >= 10:  # the floating ones
        end = np.pi * (0.42 if rib == 10 else 0.22)
    turn = np.linspace(0.06, end, int(3.4 * canvas.unit))
    level = start + 0.5 * drop
    down = np.clip((level + 0.03) / (0.98 * tall), 0.02, 1)
    wide = 0.36 + 0.635 * (1 - (1 - down) ** 2.3) ** (1 / 2.1) - (0.17 if rib == 0 else 0)
    across = side * wide * np.sin(turn) ** 0.9
    below = start + 0.5 * drop * (1 - np.cos(turn)) + (0.03 * rib - 0.08) * np.sin(turn)
    path = np.stack([across, below, -CHEST_DEPTH * np.cos(turn)], axis=1)
    broad = (0.028 if rib == 0 else 0.036) + 0.010 * smooth_step(turn, 0.6 * np.pi, end)
    upright = np.stack([0 * turn, broad, 0 * turn], axis=1)
    outward = np.stack([side * np.sin(turn), 0 * turn, -np.cos(turn)], axis=1)
    fade = smooth_step(turn, end, end - 0.35) * (0.75 + 0.25 * np.cos(turn) - 0.25 * np.sin(turn) ** 8)
    fade *= 0.4 if rib == 0 else 1 - 0.4 * smooth_step(below, 0.95 * tall, 1.25 * tall)
    return canvas.tube(path, upright, 0.017 * outward, wall=0.0175 * fade)


def _spine(canvas: Canvas) -> Array:
    """The vertebral bodies with their discs, pedicles, spinous and transverse processes."""
    gap = _GAP * canvas.phantom.tall
    x, y = canvas.x, canvas.y
    place = y / gap - canvas.phantom.phase
    level = np.floor(place + 0.5)
    off = (place - level) * gap
    wide = 0.092 + 0.004 * np.clip(level, -3, 12) + 0.012 * (np.abs(off) / gap * 2) ** 2
    side_edge, end_edge = wide - np.abs(x), 0.41 * gap - np.abs(off)
    inside = np.minimum(side_edge, end_edge)
    block = 0.042 * smooth_step(inside, -0.012, 0.014) + 0.018 * np.exp(-((inside / 0.012) ** 2))
    pedicle = np.hypot((np.abs(x) - 0.073) / 0.023, (off + 0.1 * gap) / (0.2 * gap))
    rings = 0.035 * np.exp(-(((pedicle - 1) / 0.3) ** 2))
    spinous = np.hypot(x / 0.020, (off - 0.3 * gap) / (0.26 * gap))
    tips = 0.04 * smooth_step(spinous, 1.2, 0.7)
    across = np.hypot((np.abs(x) - 0.15) / 0.07, (off + 0.16 * gap - 0.25 * (np.abs(x) - 0.15)) / (0.16 * gap))
    wings = 0.022 * smooth_step(across, 1.2, 0.7)
    return 0.02 * smooth_step(np.abs(x), 0.12, 0.06) + block + rings + tips + wings


def _shoulder(canvas: Canvas, side: int) -> Array:
    """Collar bone, upper arm and shoulder blade of one side."""
    raised = 0.12 if canvas.phantom.arms_up else 0.0
    bone = _collar_bone(canvas, side, raised)
    bone += _upper_arm(canvas, side, raised)
    bone += 0.05 * canvas.ball(side * 1.1, -0.12 - raised, 0.125, 0.125)

    socket, tip, inner = (side * 0.97, -0.06 - raised), (side * 0.99, 0.62), (side * 0.7, -0.02 - raised)
    bone += 0.02 * smooth_step(canvas.depth_within((socket, tip, inner)), -0.03, 0.02)
    bone += 0.045 * np.exp(-((canvas.distance([socket, (side * 0.945, 0.2), tip]) / 0.02) ** 2))
    bone += 0.02 * np.exp(-((canvas.distance([inner, tip]) / 0.012) ** 2))
    spur = canvas.distance([inner, (side * 0.9, -0.17 - raised), (side * 1.06, -0.28 - raised)])
    return bone + 0.03 * np.exp(-((spur / 0.03) ** 2)) + 0.05 * canvas.ball(*socket, 0.06, 0.1)


def _collar_bone(canvas: Canvas, side: int, raised: float) -> Array:
    """The collar bone of one side, whose outer end lies `raised` higher than with the arms down."""
    along = np.linspace(0, 1, int(1.3 * canvas.unit))
    rise = 0.06 - (0.27 + raised) * along + 0.04 * np.sin(2 * np.pi * along)
    path = np.stack([side * (0.12 + 0.82 * along), rise, 0.5 - 0.3 * along], axis=1)
    broad = 0.034 + 0.02 * (2 * along - 1) ** 4
    upright = np.stack([0 * along, broad, 0 * along], axis=1)
    return canvas.tube(path, upright, 0 * upright, wall=(0.03 - 0.01 * along) * smooth_step(along, 1, 0.93))


def _upper_arm(canvas: Canvas, side: int, raised: float) -> Array:
    """The shaft of the upper arm of one side, from the shoulder, which lies `raised` higher, to the elbow."""
    head = (side * 1.1, -0.12 - raised)
    elbow = (side * 1.5, -1.1) if canvas.phantom.arms_up else (side * 1.58, 1.25 * canvas.phantom.tall)
    run = np.array([elbow[0] - head[0], elbow[1] - head[1]])
    run /= np.linalg.norm(run)
    length = np.linspace(0, 2.2, int(2.6 * canvas.unit))
    shaft = np.stack([head[0] + run[0] * length, head[1] + run[1] * length, 0 * length], axis=1)
    thick = 0.075 + 0.055 * np.exp(-((length / 0.16) ** 2))
    upright = np.stack([-run[1] * thick, run[0] * thick, 0 * thick], axis=1)
    return canvas.tube(shaft, upright, 0 * shaft, wall=0.02)
