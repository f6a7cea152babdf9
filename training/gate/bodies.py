"""Drawn films and slices of bodies that are no frontal chest: side views, heads, limbs, bellies, slices, breasts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from training.gate.shapes import Array, ball, bone, bulk, clouds, places, rod, stretched

Chance = np.random.Generator


def side_view(side: int, chance: Chance) -> Array:
    """A drawn side view of a chest, (side, side) in 0..1: both lungs on each other, the spine along one side."""
    across, down = places(side)
    u = chance.uniform
    breast, back = u(0.45, 0.8), u(0.6, 0.95)
    belly = u(-0.1, 0.2)
    front_edge = breast + belly * down - u(0.05, 0.25) * np.maximum(-down - 0.3, 0.0)
    back_edge = -back + u(0.0, 0.15) * (down - u(-0.5, 0.5)) ** 2
    trunk = (across < front_edge) & (across > back_edge)
    body = bulk(trunk, u(0.35, 0.8)) * u(0.9, 1.4)
    lungs = np.zeros((side, side))
    apex, base = u(-0.95, -0.6), u(0.2, 0.6)
    for _ in range(2):
        offset, dome = u(-0.05, 0.05), u(0.15, 0.4)
        middle = u(-0.2, 0.2)
        floor = (
            base
            + u(-0.06, 0.06)
            + dome * (np.abs(across - middle) ** 1.6) * (1.0 + 0.5 * (across < middle))
            - dome * 0.35
        )
        roof = apex + u(0.4, 1.0) * (across - u(-0.3, 0.0)) ** 2
        inside = trunk & (across < front_edge - u(0.05, 0.14) + offset) & (across > back_edge + u(0.1, 0.3))
        lungs += bulk(inside & (down < floor) & (down > roof), u(0.15, 0.4))
    heart = ball(side, (u(0.0, 0.35), u(0.05, 0.4)), u(0.2, 0.38), u(0.2, 0.36), lean=u(-0.6, 0.6))
    bend = u(-0.12, 0.12)
    line = back_edge + u(0.12, 0.3) + bend * down**2
    width = u(0.08, 0.16)
    column = np.clip(1.0 - ((across - line) / width) ** 2, 0.0, 1.0)
    blocks = 0.75 + 0.25 * np.cos(2 * np.pi * down / u(0.14, 0.24) + u(0.0, 6.0))
    spine = column * blocks * (1.0 - u(0.0, 0.5) * (down > 0.0) * down)
    ribs = np.zeros((side, side))
    pitch, slope = u(0.14, 0.25), u(0.3, 1.0)
    for number in range(int(2.2 / pitch)):
        for lag in (0.0, u(0.02, 0.08)):
            line_of_rib = -1.1 + number * pitch + lag + slope * (across - back_edge) * 0.6
            ribs += np.exp(-(((down - line_of_rib) / u(0.015, 0.03)) ** 2)) * trunk
    seen = body - u(0.45, 0.75) * body * np.clip(lungs / 2.0, 0.0, 1.0) + u(0.15, 0.5) * heart * trunk
    seen += u(0.15, 0.6) * spine + u(0.0, 0.14) * ribs
    if chance.random() < 0.7:  # raised arms, and the shoulders over the tips of the lungs
        for _ in range(int(chance.integers(1, 3))):
            start = (u(-0.5, 0.2), u(-0.9, -0.6))
            seen += u(0.2, 0.7) * rod(side, start, (start[0] + u(0.2, 1.0), u(-1.4, -0.9)), u(0.12, 0.25))
            seen += u(0.1, 0.4) * bone(side, start, (start[0] + u(0.2, 1.0), -1.3), u(0.05, 0.08))
    if chance.random() < 0.4:
        seen += u(0.2, 0.8) * ball(side, (u(-0.5, 0.3), u(-1.3, -0.95)), u(0.3, 0.6), u(0.2, 0.4))
    if chance.random() < 0.5:
        seen += u(0.1, 0.4) * np.exp(-(((across - front_edge + u(0.03, 0.08)) / 0.03) ** 2)) * (down < u(0.0, 0.4))
    return _exposed(seen, chance)


def head(side: int, chance: Chance) -> Array:
    """A skull from the front or from one side."""
    u = chance.uniform
    wide, high = u(0.5, 0.8), u(0.6, 0.85)
    middle = (u(-0.15, 0.15), u(-0.3, 0.0))
    seen = 0.5 * ball(side, middle, wide, high)
    seen += u(0.6, 1.2) * (ball(side, middle, wide, high) - ball(side, middle, wide - 0.06, high - 0.06))
    for sign in (-1.0, 1.0):
        seen -= u(0.1, 0.4) * ball(side, (middle[0] + sign * u(0.18, 0.3), middle[1] + u(0.1, 0.3)), 0.14, 0.12)
    seen -= u(0.1, 0.4) * ball(side, (middle[0], middle[1] + u(0.3, 0.5)), 0.1, 0.18)
    jaw = (middle[0] + u(-0.3, 0.3), middle[1] + u(0.7, 0.9))
    seen += u(0.3, 0.7) * ball(side, jaw, u(0.25, 0.45), u(0.12, 0.25))
    seen += u(0.2, 0.6) * rod(side, (middle[0] + u(-0.3, 0.3), 0.4), (middle[0] + u(-0.3, 0.3), 1.3), u(0.15, 0.3))
    return _exposed(np.maximum(seen, 0.0), chance)


def hand(side: int, chance: Chance) -> Array:
    """A hand or a foot: five rays of bones within soft tissue, once or twice."""
    u = chance.uniform
    seen = np.zeros((side, side))
    wrists = ((u(-0.6, -0.4), 0.9), (u(0.4, 0.6), 0.9)) if chance.random() < 0.25 else ((u(-0.2, 0.2), u(0.8, 1.1)),)
    size = 0.5 if len(wrists) == 2 else 1.0
    for wrist in wrists:
        palm = (wrist[0], wrist[1] - 0.75 * size)
        seen += 0.4 * ball(side, palm, 0.42 * size, 0.5 * size)
        fan = u(0.2, 0.5)
        for finger in range(5):
            angle = (finger - 2) * fan * u(0.8, 1.2) + u(-0.1, 0.1)
            reach = size * (u(0.5, 0.75) if finger in (0, 4) else u(0.75, 1.0))
            start = (palm[0] + 0.25 * size * np.sin(angle), palm[1] - 0.1 * size * np.cos(angle))
            end = (start[0] + reach * np.sin(angle), start[1] - reach * np.cos(angle))
            seen += 0.35 * rod(side, start, end, 0.11 * size)
            for joint in range(4):
                near, far = joint / 4 + 0.02, (joint + 1) / 4 - 0.02
                knuckles = [
                    (start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (near, far)
                ]
                seen += u(0.3, 0.6) * bone(side, knuckles[0], knuckles[1], 0.045 * size)
        for _ in range(7):
            seen += u(0.2, 0.4) * ball(
                side, (wrist[0] + u(-0.2, 0.2) * size, wrist[1] - u(0.15, 0.4) * size), 0.09, 0.08
            )
        for shift in (-0.12, 0.1):
            lower = (wrist[0] + shift * size, wrist[1] + 0.8)
            seen += u(0.3, 0.6) * bone(side, (wrist[0] + shift * size, wrist[1]), lower, 0.08 * size)
    return _exposed(seen, chance)


def limb(side: int, chance: Chance) -> Array:
    """A knee, an elbow, a leg: one or two long bones within soft tissue."""
    u = chance.uniform
    joint = (u(-0.2, 0.2), u(-0.3, 0.3))
    ends = ((u(-0.5, 0.5), -1.3), (u(-0.5, 0.5), 1.3))
    seen = np.zeros((side, side))
    for end in ends:
        seen = np.maximum(seen, u(0.4, 0.7) * rod(side, joint, end, u(0.25, 0.5)))
    for end in ends:
        seen += u(0.4, 0.8) * bone(side, joint, end, u(0.08, 0.16))
        if chance.random() < 0.4:
            beside = u(0.1, 0.25)
            seen += u(0.3, 0.6) * bone(side, (joint[0] + beside, joint[1]), (end[0] + beside, end[1]), u(0.05, 0.1))
    return _exposed(seen, chance)


def belly(side: int, chance: Chance) -> Array:
    """An abdomen with gas, or a pelvis with both hips."""
    u = chance.uniform
    across, down = places(side)
    trunk = np.abs(across) < u(0.7, 1.2) + 0.1 * down
    seen = u(0.7, 1.0) * bulk(trunk, u(0.5, 1.0))
    blocks = 0.8 + 0.2 * np.cos(2 * np.pi * down / u(0.25, 0.4))
    seen += u(0.2, 0.5) * np.clip(1.0 - (across / u(0.1, 0.18)) ** 2, 0.0, 1.0) * blocks * (down < u(0.2, 1.0))
    for _ in range(int(chance.integers(3, 14))):
        seen -= u(0.1, 0.45) * ball(side, (u(-0.7, 0.7), u(-0.8, 0.8)), u(0.05, 0.25), u(0.04, 0.2), lean=u(-1.5, 1.5))
    if chance.random() < 0.6:
        hip = u(0.1, 0.6)
        for sign in (-1.0, 1.0):
            wing = ball(side, (sign * u(0.4, 0.6), hip), u(0.3, 0.45), u(0.3, 0.4), lean=sign * u(0.2, 0.8))
            seen += u(0.2, 0.5) * wing + u(0.2, 0.5) * ball(side, (sign * u(0.5, 0.65), hip + u(0.3, 0.5)), 0.14, 0.14)
            seen += u(0.2, 0.5) * bone(side, (sign * 0.6, hip + 0.4), (sign * u(0.5, 0.8), hip + 1.4), 0.12)
    return _exposed(np.maximum(seen, 0.0), chance)


def slice_of_body(side: int, chance: Chance) -> Array:
    """A slice through a trunk or a head as CT or MR show it, with a bright or a dark rim and organs inside."""
    u = chance.uniform
    across, down = places(side)
    wide, high = u(0.6, 0.98), u(0.45, 0.95)
    turned = np.arctan2(down, across)
    rim = 1.0 + u(0.0, 0.08) * np.cos(2 * turned + u(0.0, 6.0)) + u(0.0, 0.05) * np.cos(3 * turned + u(0.0, 6.0))
    reach = np.hypot(across / wide, down / high) / rim
    picture = np.where(reach < 1.0, u(0.2, 0.7), 0.0)
    thick = u(0.03, 0.2)
    picture[(reach < 1.0) & (reach > 1.0 - thick)] = u(0.1, 1.0)
    if chance.random() < 0.4:
        for sign in (-1.0, 1.0):
            lung = ball(side, (sign * wide * u(0.4, 0.5), u(-0.15, 0.15)), wide * u(0.25, 0.4), high * u(0.4, 0.65)) > 0
            picture = np.where(lung, u(0.0, 0.2) + u(0.0, 0.15) * clouds(side, 1.0, chance), picture)
    for _ in range(int(chance.integers(2, 14))):
        organ = (
            ball(side, (u(-0.6, 0.6) * wide, u(-0.7, 0.7) * high), u(0.05, 0.35), u(0.05, 0.3), lean=u(-1.5, 1.5)) > 0
        )
        picture = np.where(organ & (reach < 1.0 - thick), u(0.0, 0.9), picture)
    if chance.random() < 0.6:
        spine = (u(-0.05, 0.05), high * u(0.5, 0.8))
        vertebra = np.maximum(ball(side, spine, 0.16, 0.13), rod(side, spine, (spine[0], spine[1] + 0.25), 0.05)) > 0
        picture = np.where(vertebra, u(0.7, 1.0), picture)
        around = (reach < 0.96) & (reach > 0.88) & (np.cos(u(8.0, 16.0) * turned) > 0.4)
        picture = np.where(around, u(0.7, 1.0), picture)
    picture = ndimage.gaussian_filter(picture, u(0.3, 1.5)) + u(0.0, 0.1) * (clouds(side, u(0.0, 1.0), chance) - 0.5)
    if chance.random() < 0.4:
        table = np.abs(down - high - u(0.03, 0.1) + u(0.0, 0.2) * across**2) < 0.015
        picture = np.where(table & (reach > 1.0), u(0.3, 0.8), picture)
    return stretched(np.maximum(picture, 0.0))


def breast(side: int, chance: Chance) -> Array:
    """Half a disc at one edge with threads in it, as in mammography."""
    u = chance.uniform
    shape = ball(side, (-1.0, u(-0.3, 0.3)), u(0.8, 1.6), u(0.6, 1.0))
    return _exposed(shape * (0.4 + u(0.3, 1.2) * clouds(side, u(1.0, 2.0), chance)), chance)


def fan(side: int, chance: Chance) -> Array:
    """A fan of speckle, as in ultrasound."""
    u = chance.uniform
    across, down = places(side)
    tip = u(-1.3, -0.9)
    inside = (np.abs(np.arctan2(across, down - tip)) < u(0.4, 0.8)) & (np.hypot(across, down - tip) < u(1.5, 2.1))
    tissue = clouds(side, u(1.0, 2.0), chance) * (0.5 + chance.random((side, side)))
    for _ in range(int(chance.integers(0, 4))):
        tissue *= 1.0 - 0.9 * (ball(side, (u(-0.5, 0.5), u(-0.3, 0.7)), u(0.1, 0.3), u(0.1, 0.3)) > 0)
    return stretched(np.where(inside & (np.hypot(across, down - tip) > u(0.1, 0.4)), tissue, 0.0))


BODIES: tuple[Callable[[int, Chance], Array], ...] = (
    head,
    hand,
    limb,
    belly,
    slice_of_body,
    slice_of_body,
    breast,
    fan,
)


def _exposed(seen: Array, chance: Chance) -> Array:
    """What rays met, as a film shows it: (side, side) in 0..1, bones bright."""
    u = chance.uniform
    side = len(seen)
    seen = seen * (1.0 + u(0.0, 0.25) * (clouds(side, u(1.0, 2.5), chance) - 0.5))
    film = 1.0 - np.exp(-u(0.8, 2.2) * np.maximum(seen, 0.0))
    film = ndimage.gaussian_filter(film, u(0.3, 1.2)) + u(0.0, 0.03) * chance.standard_normal((side, side))
    return np.clip(stretched(film), 0.0, 1.0) ** u(0.7, 1.4)
