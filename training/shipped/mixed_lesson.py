"""The lesson of the recipe that ships: children, adults with weak labels, and films with drawn opacities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from training.augment import change_look, draw_moves, move
from training.films import ADULT_CLASSES, CLASSES, DataError, FilmSquares
from training.lesson import CHOOSE_BY, Share
from training.logits import normalised, unit_films
from training.precision import half_precision
from training.recipes import Mix, Recipe
from training.shipped.adults import CLEAR_UP_TO, WeakFilm, draw_weights, share_out
from training.shipped.network import Reading, logits_with_heat, pneumonia_log_odds
from training.shipped.opacities import draw_opacities

ILL_CHILDREN = frozenset({CLASSES.index("bacterial"), CLASSES.index("viral")})
ILL_ADULTS = frozenset({ADULT_CLASSES.index("pneumonia_opacity")})
_BATCH = 64
# Mean brightening of a cell from which a drawn opacity is visible there, and below which it is not.
_VISIBLE, _INVISIBLE = 0.045, 0.012
_HOT_WEIGHT = 2.0
# The pooled heat is a mean over cells, so it is asked for less than the log odds of the whole film.
_POOLED_OFFSET = 3.0
_SURE = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class AdultFilms:
    """Adult films to learn from. `weak` describes those of `squares`, one each."""

    squares: FilmSquares
    weak: list[WeakFilm]
    lungs: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class MixedFilms:
    """Everything the lesson shows. Lung masks are (n, 64, 64) uint8, 255 lung.

    Attributes:
        children: Films to learn from, with their masks.
        choose: Films of other children, to choose the epoch on.
        tune: Radiologist-read films of adults by view, to choose the epoch on.
    """

    children: FilmSquares
    lungs: NDArray[np.uint8]
    adults: AdultFilms
    choose: FilmSquares
    tune: dict[str, FilmSquares]


class _Shown(NamedTuple):
    """One batch: children, then adults, then clear films again with drawn opacities."""

    films: Tensor
    lungs: Tensor
    labels: Tensor
    opacity: Tensor
    findings: Tensor
    change: Tensor


class MixedLesson:
    """Classes of children, opacities of adults, heat of drawn opacities, and lungs of all, in one step."""

    def __init__(self, films: MixedFilms, recipe: Recipe, mix: Mix, *, share: Share, device: torch.device) -> None:
        """Each batch holds `recipe.batch_size` children, and what `mix` says of the rest.

        Raises:
            DataError: Some process would get no adult film.
        """
        if mix.adults < share.processes:
            raise DataError(
                f"{recipe.name} shows {mix.adults} adult films in each step, fewer than one to each process. "
                "Use fewer --devices."
            )
        self._films, self._recipe, self._mix = films, recipe, mix
        self._share, self._device = share, device
        self.steps_per_epoch = max(1, len(films.children.films) // recipe.batch_size)
        labels = [film.label for film in films.children.films]
        self._labels = torch.tensor(labels)
        groups = [
            (part, [i for i, label in enumerate(labels) if label == kind]) for kind, part in enumerate(mix.classes)
        ]
        self._child_weights = torch.from_numpy(share_out(groups, len(labels)))
        self._adult_weights = torch.from_numpy(draw_weights(films.adults.weak))
        self._opacity = torch.tensor([film.opacity for film in films.adults.weak])
        self._findings = torch.tensor([film.findings for film in films.adults.weak]).float()

    def loss(self, network: nn.Module, step: int, generator: torch.Generator) -> Tensor:  # noqa: ARG002 - films are drawn anew
        """The weighted sum of all losses over this process's share of one batch."""
        shown = self._show(generator)
        reading = self._read(network, shown.films)
        return self._loss(reading, _Shown(*(part.to(self._device) for part in shown)))

    def measure(self, network: nn.Module) -> dict[str, float]:
        """AUROC as shipped of children, and of adults in each view (opacity against all else); and their mean."""
        films = self._films
        figures = {"auroc_children": self._auroc(network, films.choose, ILL_CHILDREN)}
        for view, squares in films.tune.items():
            figures[f"auroc_adults_{view.lower()}"] = self._auroc(network, squares, ILL_ADULTS)
        return {CHOOSE_BY: float(np.mean(list(figures.values()))), **figures}

    def _show(self, generator: torch.Generator) -> _Shown:
        recipe, films = self._recipe, self._films
        size = recipe.input_spec.size
        child = self._share.of(torch.multinomial(self._child_weights, recipe.batch_size, True, generator=generator))
        adult = self._share.of(torch.multinomial(self._adult_weights, self._mix.adults, True, generator=generator))
        chance = self._share.chance(generator)
        children, adults = films.children.squares[child.numpy()], films.adults.squares.squares[adult.numpy()]
        masks = unit_films(films.lungs[child.numpy()]), unit_films(films.adults.lungs[adult.numpy()])
        moves = draw_moves(len(child) + len(adult), recipe.augmentation, chance)
        shown = move(torch.cat((unit_films(children), unit_films(adults))), moves, size)
        lungs = move(torch.cat(masks), moves, size // 4)
        labels, opacity = self._labels[child], self._opacity[adult]
        clear = torch.cat([torch.nonzero(labels == 0)[:, 0], len(child) + torch.nonzero(opacity <= CLEAR_UP_TO)[:, 0]])
        clear = clear[torch.randperm(len(clear), generator=chance)[: self._mix.drawn // self._share.processes]]
        drawn = draw_opacities(shown[clear], lungs[clear], cells=size // 16, generator=chance)
        return _Shown(
            change_look(torch.cat([shown, drawn.films]), recipe.augmentation, chance),
            torch.cat([lungs, lungs[clear]]),
            labels,
            opacity,
            self._findings[adult],
            drawn.change,
        )

    def _loss(self, reading: Reading, shown: _Shown) -> Tensor:
        mix = self._mix
        children, adults = len(shown.labels), len(shown.opacity)
        with_labels = children + adults
        odds = pneumonia_log_odds(reading.logits)
        classes = F.cross_entropy(reading.logits[:children], shown.labels, label_smoothing=self._recipe.label_smoothing)
        opacity = F.binary_cross_entropy_with_logits(odds[children:with_labels], shown.opacity)
        findings = F.binary_cross_entropy_with_logits(reading.findings[children:with_labels], shown.findings)
        lungs = F.binary_cross_entropy_with_logits(reading.lungs, F.avg_pool2d(shown.lungs, 2).clamp(0.0, 1.0))
        seen = (shown.change.amax(dim=(1, 2, 3)) > _VISIBLE).float()
        return (
            classes
            + mix.adult_weight * opacity
            + mix.heat_weight * self._heat_loss(reading, shown, seen)
            + mix.lung_weight * lungs
            + mix.finding_weight * findings
        )

    def _heat_loss(self, reading: Reading, shown: _Shown, seen: Tensor) -> Tensor:
        """Drawn opacities are hot in their places, clear films nowhere, the others somewhere inside the lungs."""
        with_labels = len(shown.labels) + len(shown.opacity)
        heat, change = reading.heat, shown.change
        hot = (change > _VISIBLE).float()
        decided = ((change > _VISIBLE) | (change < _INVISIBLE)).float() * seen.view(-1, 1, 1, 1)
        weight = decided * (1.0 + _HOT_WEIGHT * hot)
        placed = F.binary_cross_entropy_with_logits(heat[with_labels:], hot, weight=weight, reduction="sum")
        placed = placed / max(1, hot.numel())
        clear = torch.cat([shown.labels == 0, shown.opacity <= CLEAR_UP_TO])
        cold = (F.softplus(heat[:with_labels]) * clear.view(-1, 1, 1, 1)).sum() / max(
            1, int(clear.sum()) * heat[0].numel()
        )
        near = F.avg_pool2d(F.max_pool2d(shown.lungs[:with_labels], 9, 1, 4), 4)
        outside = (F.softplus(heat[:with_labels]) * (near < 0.05).float()).mean()
        somewhere = torch.cat([torch.where(shown.labels > 0, _SURE, 1.0 - _SURE), shown.opacity])
        pooled = reading.pooled_heat[:with_labels] + _POOLED_OFFSET
        found = F.binary_cross_entropy_with_logits(pooled, somewhere)
        return 2.0 * placed + cold + 0.5 * outside + 0.7 * found

    def _auroc(self, network: nn.Module, squares: FilmSquares, positive: frozenset[int]) -> float:
        odds = []
        for start in range(0, len(squares.films), _BATCH):
            films = unit_films(squares.squares[start : start + _BATCH])
            odds.append(pneumonia_log_odds(logits_with_heat(self._read(network, films))).cpu().numpy())
        return float(roc_auc_score([film.label in positive for film in squares.films], np.concatenate(odds)))

    def _read(self, network: nn.Module, films: Tensor) -> Reading:
        with half_precision(self._device.type):
            reading: Reading = network(normalised(films.to(self._device), self._recipe.input_spec))
        return Reading(*(part.float() for part in reading))
