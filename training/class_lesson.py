"""The plain lesson: films of children, one class each, learned by cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from training.augment import augment
from training.films import CLASSES, DataError, FilmSquares, LabelledFilm, load_squares
from training.lesson import CHOOSE_BY, Share
from training.logits import class_logits, unit_films
from training.recipes import Recipe

# Films are kept this much larger than the network's input, so that turning and zooming costs no detail.
_MARGIN = 8 / 7


@dataclass(frozen=True, slots=True, eq=False)
class ClassFilms:
    """The films of the plain lesson: those to learn from, larger by a margin, and those to choose the epoch on."""

    learn: FilmSquares
    choose: FilmSquares

    @property
    def unreadable(self) -> tuple[tuple[Path, str], ...]:
        """Path and reason of each film that was left out."""
        return self.learn.unreadable + self.choose.unreadable


def load_class_films(
    films: Sequence[LabelledFilm], recipe: Recipe, *, limit: int | None, quiet: bool = False
) -> ClassFilms:
    """Read the films of a recipe's folds; those that cannot be read are left out.

    Args:
        films: Films of all folds.
        recipe: Its folds, input and seed are used.
        limit: Take only so many films of each role.
        quiet: Draw no progress.
    """
    spec = recipe.input_spec
    learn = _thin(recipe.folds.learn(films), limit, recipe.seed)
    choose = _thin([film for film in films if film.fold == recipe.folds.choose], limit, recipe.seed)
    return ClassFilms(
        load_squares(learn, spec, size=round(spec.size * _MARGIN), what="films to learn from", quiet=quiet),
        load_squares(choose, spec, size=spec.size, what="films to choose on", quiet=quiet),
    )


class ClassLesson:
    """Cross-entropy over the classes, with the recipe's augmentation, class weights, smoothing and mixup."""

    def __init__(self, films: ClassFilms, recipe: Recipe, *, share: Share, device: torch.device) -> None:
        """Raises DataError where there are too few films."""
        learn, choose = films.learn.films, films.choose.films
        if len(learn) < recipe.batch_size or len({film.label == 0 for film in choose}) < 2:
            raise DataError("There are too few films to learn from. Add films or raise the limit.")
        self.steps_per_epoch = len(learn) // recipe.batch_size
        self._recipe = recipe
        self._films = films
        self._share = share
        self._device = device
        self._labels = torch.tensor([film.label for film in learn])
        self._weights = class_weights(self._labels).to(device) if recipe.class_weights else None
        self._order = torch.arange(len(learn))

    def loss(self, network: nn.Module, step: int, generator: torch.Generator) -> Tensor:
        """The mean loss over this process's share of one batch."""
        recipe = self._recipe
        if step == 0:
            self._order = torch.randperm(len(self._labels), generator=generator)
        picked = self._share.of(self._order[step * recipe.batch_size : (step + 1) * recipe.batch_size])
        chance = self._share.chance(generator)
        batch = augment(
            unit_films(self._films.learn.squares[picked.numpy()]), recipe.input_spec.size, recipe.augmentation, chance
        )
        labels = self._labels[picked]
        if recipe.mixup == 0.0:
            return self._cross_entropy(self._logits(network, batch), labels)
        part, partner = draw_mix(len(batch), recipe.mixup, chance)
        logits = self._logits(network, part * batch + (1.0 - part) * batch[partner])
        first, second = (self._cross_entropy(logits, truth) for truth in (labels, labels[partner]))
        return part * first + (1.0 - part) * second

    def measure(self, network: nn.Module) -> dict[str, float]:
        """AUROC, normal against pneumonia, on the films kept for choosing."""
        kept = self._films.choose
        parts = range(0, len(kept.films), 64)
        logits = torch.cat([self._logits(network, unit_films(kept.squares[start : start + 64])) for start in parts])
        pneumonia = 1.0 - logits.softmax(dim=1)[:, 0]
        return {CHOOSE_BY: float(roc_auc_score([film.label > 0 for film in kept.films], pneumonia.cpu().numpy()))}

    def _logits(self, network: nn.Module, films: Tensor) -> Tensor:
        return class_logits(network, films.to(self._device), self._recipe.input_spec)

    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(
            logits, labels.to(self._device), weight=self._weights, label_smoothing=self._recipe.label_smoothing
        )


def class_weights(labels: Tensor) -> Tensor:
    """A weight for each class, (classes,) float32, as if all had the same number of films."""
    counts = torch.bincount(labels, minlength=len(CLASSES)).clamp(min=1)
    return len(labels) / (len(CLASSES) * counts.float())


def draw_mix(count: int, alpha: float, generator: torch.Generator) -> tuple[float, Tensor]:
    """How much of each film stays (0..1, from Beta(alpha, alpha)), and its partner (count,): Zhang et al. 2018."""
    seed = int(torch.randint(2**62, (), generator=generator))
    return float(np.random.default_rng(seed).beta(alpha, alpha)), torch.randperm(count, generator=generator)


def _thin(films: list[LabelledFilm], limit: int | None, seed: int) -> list[LabelledFilm]:
    if limit is None or limit >= len(films):
        return films
    picked = np.random.default_rng(seed).permutation(len(films))[:limit]
    return [films[index] for index in sorted(picked)]
