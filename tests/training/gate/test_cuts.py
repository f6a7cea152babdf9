from __future__ import annotations

import numpy as np
import pytest

from training.gate.cuts import Window, cut_window, seen_of, two_lungs, window_beside_lungs


def lungs() -> np.ndarray:
    mask = np.zeros((64, 64), dtype=np.uint8)
    mask[10:50, 8:28] = mask[10:50, 36:56] = 255
    return two_lungs(mask)


def test_lungs_are_parted_and_each_counts_whole() -> None:
    assert lungs().sum(axis=(1, 2)) == pytest.approx([1.0, 1.0])
    assert seen_of(lungs(), Window(0.0, 0.0, 1.0, 0.5)) == pytest.approx([1.0, 0.0])
    assert seen_of(lungs(), Window(0.0, 0.0, 30 / 64, 1.0)) == pytest.approx([0.5, 0.5])


def test_cut_windows_leave_out_more_than_a_third_of_a_lung() -> None:
    chance = np.random.default_rng(1)
    for _ in range(200):
        seen = seen_of(lungs(), cut_window(lungs(), chance))
        assert seen.min() < 2 / 3
        assert seen.sum() > 0.0


def test_windows_beside_the_lungs_show_hardly_any() -> None:
    chance = np.random.default_rng(1)
    for _ in range(200):
        assert seen_of(lungs(), window_beside_lungs(lungs(), chance)).sum() / 2 < 0.06
