from __future__ import annotations

import torch

from training.augment import Augmentation, augment

STILL = Augmentation(
    rotation_degrees=0, scale=0, aspect=0, shift=0, gamma=0, contrast=0, brightness=0, blur_share=0, noise=0,
    mark_share=0,
)  # fmt: skip


def films(count: int = 8) -> torch.Tensor:
    return torch.rand(count, 1, 64, 64, generator=torch.Generator().manual_seed(1))


def test_range_and_shape() -> None:
    changed = augment(films(), 48, Augmentation(), torch.Generator().manual_seed(2))
    assert changed.shape == (8, 1, 48, 48)
    assert changed.min() >= 0.0
    assert changed.max() <= 1.0


def test_one_seed_gives_one_outcome() -> None:
    first, second = (augment(films(), 64, Augmentation(), torch.Generator().manual_seed(3)) for _ in range(2))
    other = augment(films(), 64, Augmentation(), torch.Generator().manual_seed(4))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_nothing_asked_nothing_changed() -> None:
    before = films()
    after = augment(before.clone(), 64, STILL, torch.Generator().manual_seed(5))
    assert torch.allclose(before, after, atol=1e-3)
