"""Drawn pictures of anything but bodies: pages, screens, shapes, textures, scenes, fractals, and parts of photographs.

The photographs are the two that scikit-learn brings along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from sklearn.datasets import load_sample_images

from training.gate.shapes import Array, clouds, places, stretched

Chance = np.random.Generator
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-"


def page(side: int, chance: Chance) -> Array:
    """A page of text or a form, black on white or white on black."""
    image = Image.new("L", (side, side), int(chance.integers(200, 256)))
    draw = ImageDraw.Draw(image)
    margin, line = int(side * chance.uniform(0.02, 0.15)), int(chance.integers(7, 16))
    for top in range(margin, side - margin, line):
        if chance.random() < 0.85:
            words = "".join(chance.choice(list(_LETTERS + "      "), int(chance.integers(5, 60))))
            draw.text((margin, top), words, fill=int(chance.integers(0, 90)))
    for _ in range(int(chance.integers(0, 4))):
        draw.rectangle(_corners(side, chance), outline=int(chance.integers(0, 150)))
    picture = np.asarray(image, dtype=np.float64) / 255.0
    return 1.0 - picture if chance.random() < 0.3 else picture


def screen(side: int, chance: Chance) -> Array:
    """A screenshot: panels, lines and words."""
    image = Image.new("L", (side, side), int(chance.integers(0, 256)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(3, 14))):
        draw.rectangle(_corners(side, chance), fill=int(chance.integers(0, 256)), outline=int(chance.integers(0, 256)))
    for _ in range(int(chance.integers(2, 20))):
        words = "".join(chance.choice(list(_LETTERS), int(chance.integers(3, 18))))
        draw.text(tuple(chance.integers(0, side, 2).tolist()), words, fill=int(chance.integers(0, 256)))
    return np.asarray(image, dtype=np.float64) / 255.0


def gradient(side: int, chance: Chance) -> Array:
    """Straight and round gradients, one over the other."""
    across, down = places(side)
    u = chance.uniform
    straight = u(-1, 1) * across + u(-1, 1) * down
    return stretched(straight + u(0, 2) * np.hypot(across - u(-1, 1), down - u(-1, 1)))


def texture(side: int, chance: Chance) -> Array:
    """Noise of any spectrum, sometimes cut into patches or laid along a direction."""
    picture = clouds(side, chance.uniform(0.0, 2.5), chance)
    if chance.random() < 0.3:
        picture = ndimage.gaussian_filter(picture, (0.0, chance.uniform(1.0, 8.0)))
    if chance.random() < 0.3:
        picture = np.floor(stretched(picture) * chance.integers(2, 6))
    return stretched(picture)


def waves(side: int, chance: Chance) -> Array:
    """Stripes, checks and rings."""
    across, down = places(side)
    u = chance.uniform
    first = np.sin(u(2, 30) * (across * np.cos(u(0, 3)) + down) + u(0, 6))
    second = np.sin(u(2, 30) * np.hypot(across - u(-1, 1), down - u(-1, 1)))
    return stretched(first + u(0, 1) * second if chance.random() < 0.5 else np.sign(first) * np.sign(second))


def shapes(side: int, chance: Chance) -> Array:
    """Ellipses, rectangles, lines and polygons on any ground, sharp or soft."""
    image = Image.new("L", (side, side), int(chance.integers(0, 256)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(1, 16))):
        grey, form = int(chance.integers(0, 256)), int(chance.integers(0, 4))
        if form == 0:
            draw.ellipse(_corners(side, chance), fill=grey)
        elif form == 1:
            draw.rectangle(_corners(side, chance), fill=grey)
        elif form == 2:
            draw.line(_corners(side, chance), fill=grey, width=int(chance.integers(1, 14)))
        else:
            draw.polygon(
                [tuple(corner) for corner in chance.integers(0, side, (int(chance.integers(3, 7)), 2)).tolist()], grey
            )
    picture = np.asarray(image, dtype=np.float64) / 255.0
    picture = ndimage.gaussian_filter(picture, chance.uniform(0.0, 4.0) * (chance.random() < 0.5))
    return stretched(picture + 0.1 * chance.random() * clouds(side, chance.uniform(0.0, 2.0), chance))


def scene(side: int, chance: Chance) -> Array:
    """Things in front of each other, each with a texture and a shade of its own: the statistics of photographs."""
    picture = clouds(side, chance.uniform(1.0, 2.0), chance) * chance.uniform(0.2, 1.0)
    across, down = places(side)
    biggest = chance.uniform(0.2, 1.2)
    grain = clouds(side, chance.uniform(0.3, 2.0), chance) - 0.5
    for _ in range(int(chance.integers(4, 40))):
        x, y = chance.uniform(-1.1, 1.1, 2)
        size = biggest * chance.power(0.6) + 0.04
        lean, flat, corners = chance.uniform(0, 3), chance.uniform(0.3, 1.0), chance.uniform(1.2, 6.0)
        right, low = across - x, down - y
        turned = (
            np.abs(np.cos(lean) * right + np.sin(lean) * low),
            np.abs(np.cos(lean) * low - np.sin(lean) * right) / flat,
        )
        inside = turned[0] ** corners + turned[1] ** corners < size**corners
        shade = chance.uniform(-0.4, 0.4) * right + chance.uniform(-0.4, 0.4) * low
        thing = chance.random() + shade + chance.uniform(0.0, 0.4) * np.roll(grain, int(chance.integers(side)))
        picture = np.where(inside, thing, picture)
    return stretched(ndimage.gaussian_filter(np.clip(picture, 0.0, 1.0), chance.uniform(0.0, 1.5)))


def fractal(side: int, chance: Chance) -> Array:
    """Part of a Julia set."""
    across, down = places(side)
    point = chance.uniform(0.4, 1.6) * (across + 1j * down)
    seed = 0.7885 * np.exp(1j * chance.uniform(0, 6.28))
    steps = np.zeros((side, side))
    for _ in range(40):
        inside = np.abs(point) < 4.0
        point = np.where(inside, point**2 + seed, point)
        steps += inside
    return stretched(np.log1p(steps))


def photograph(side: int, chance: Chance, photographs: Sequence[NDArray[np.uint8]]) -> Array:
    """Part of a photograph through one colour filter, at any scale and turn."""
    photo = photographs[int(chance.integers(len(photographs)))]
    rows, columns = photo.shape[:2]
    extent = int(min(rows, columns) * chance.uniform(0.15, 1.0))
    top, left = int(chance.integers(0, rows - extent + 1)), int(chance.integers(0, columns - extent + 1))
    part = photo[top : top + extent, left : left + extent] @ chance.dirichlet((1.0, 1.0, 1.0))
    small = Image.fromarray(part.astype(np.float32)).resize((side, side), Image.Resampling.BOX)
    return stretched(np.rot90(np.asarray(small, dtype=np.float64), int(chance.integers(4))))


PICTURES: tuple[Callable[[int, Chance], Array], ...] = (
    page, screen, gradient, texture, waves, shapes, shapes, scene, scene, scene, fractal,
)  # fmt: skip


def sample_photographs() -> list[NDArray[np.uint8]]:
    """The two photographs of scikit-learn, each (rows, columns, 3)."""
    return list(load_sample_images().images)


def _corners(side: int, chance: Chance) -> tuple[int, int, int, int]:
    left, right = sorted(chance.integers(-side // 8, side + side // 8, 2).tolist())
    top, bottom = sorted(chance.integers(-side // 8, side + side // 8, 2).tolist())
    return left, top, right, bottom
