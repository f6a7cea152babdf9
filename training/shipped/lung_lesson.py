"""The lesson of the first stage: lungs, from masks that people drew on films of children."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from training.augment import change_look, draw_moves, move
from training.films import DataError
from training.lesson import CHOOSE_BY, Share
from training.logits import normalised
from training.precision import half_precision
from training.recipes import Recipe
from training.shipped.lung_masks import LungMasks

_BATCH = 64


class LungLesson:
    """Where the lungs are, by cross-entropy of each place that somebody decided on."""

    def __init__(
        self,
        squares: NDArray[np.uint8],
        masks: LungMasks,
        choose: NDArray[np.bool_],
        recipe: Recipe,
        *,
        share: Share,
        device: torch.device,
    ) -> None:
        """Take films (n, S, S) uint8; `choose` (m,) says which masks are kept for choosing. Raises DataError."""
        self._learn, self._choose = np.flatnonzero(~choose), np.flatnonzero(choose)
        if len(self._learn) < recipe.batch_size or not len(self._choose):
            raise DataError("There are too few lung masks to learn from. Add masks or raise the limit.")
        self.steps_per_epoch = len(self._learn) // recipe.batch_size
        self._squares, self._masks, self._recipe = squares, masks, recipe
        self._share, self._device = share, device
        self._order = torch.arange(len(self._learn))

    def loss(self, network: nn.Module, step: int, generator: torch.Generator) -> Tensor:
        """The mean loss over this process's share of one batch."""
        recipe = self._recipe
        size = recipe.input_spec.size
        if step == 0:
            self._order = torch.randperm(len(self._learn), generator=generator)
        picked = self._share.of(self._order[step * recipe.batch_size : (step + 1) * recipe.batch_size])
        chance = self._share.chance(generator)
        films, lungs, known = self._take(self._learn[picked.numpy()])
        moves = draw_moves(len(films), recipe.augmentation, chance)
        films = change_look(move(films, moves, size), recipe.augmentation, chance)
        maps = self._log_odds(network, films)
        lungs, known = (move(grid, moves, maps.shape[-1]).to(self._device) for grid in (lungs, known))
        return F.binary_cross_entropy_with_logits(maps, lungs.clamp(0.0, 1.0), weight=(known > 0.7).float())

    def measure(self, network: nn.Module) -> dict[str, float]:
        """AUROC of lung places against all others, and the median Dice overlap, on masks kept for choosing."""
        size = self._recipe.input_spec.size
        odds, truths, knowns = [], [], []
        for start in range(0, len(self._choose), _BATCH):
            films, lungs, known = self._take(self._choose[start : start + _BATCH])
            maps = self._log_odds(network, F.interpolate(films, size=(size, size), mode="area")).cpu()
            odds.append(maps.numpy())
            truths.append(F.interpolate(lungs, size=maps.shape[-2:], mode="area").numpy() > 0.5)
            knowns.append(F.interpolate(known, size=maps.shape[-2:], mode="area").numpy() > 0.5)
        odd, lung, sure = (np.concatenate(parts)[:, 0] for parts in (odds, truths, knowns))
        found = odd > 0
        both = (found & lung & sure).sum(axis=(1, 2))
        dice = 2 * both / ((found & sure).sum(axis=(1, 2)) + (lung & sure).sum(axis=(1, 2))).clip(min=1)
        return {CHOOSE_BY: float(roc_auc_score(lung[sure], odd[sure])), "dice": float(np.median(dice))}

    def _take(self, masks: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Films, lungs and where they are known, each (B, 1, ., .) float32 in 0..1."""
        arrays = (self._squares[self._masks.films[masks]], self._masks.lung[masks], self._masks.known[masks] * 255.0)
        films, lungs, known = (torch.from_numpy(array).unsqueeze(1).float() / 255.0 for array in arrays)
        return films, lungs, known

    def _log_odds(self, network: nn.Module, films: Tensor) -> Tensor:
        with half_precision(self._device.type):
            maps: Tensor = network(normalised(films.to(self._device), self._recipe.input_spec))
        return maps.float()
