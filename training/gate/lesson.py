"""The gate's lesson: real films as they are, turned, cut, folded and spoilt, beside drawings and slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from engine.model.film_gate import FRONTAL, KINDS, TURNS, FilmKind
from training.augment import Augmentation, change_look, draw_moves, move
from training.gate.changes import chained, folded, spoilt, window_moves
from training.gate.cuts import cut_window, two_lungs, window_beside_lungs
from training.gate.network import Sight
from training.lesson import CHOOSE_BY, Share
from training.logits import normalised
from training.precision import half_precision
from training.recipes import Recipe

# Of each batch. Upright films are as many as three of the others together, as they are in a clinic's folder.
_SHARES = {
    FilmKind.UPRIGHT: 0.34,
    FilmKind.UPSIDE_DOWN: 0.06,
    FilmKind.TURNED_LEFT: 0.06,
    FilmKind.TURNED_RIGHT: 0.06,
    FilmKind.SIDE_VIEW: 0.16,
    FilmKind.CUT_OFF: 0.12,
    FilmKind.OTHER: 0.20,
}
_FOLDED, _DRAWN, _SPOILT = 0.5, 0.7, 0.6
_TURNED = 0.2  # of those that are no frontal films
_LOOSE = Augmentation(rotation_degrees=15.0, scale=0.3, aspect=0.4, shift=0.12)
_BATCH = 64
_EXAM = 240  # upright films to choose the epoch on


@dataclass(frozen=True, slots=True, eq=False)
class GateFilms:
    """What the gate learns from, or is chosen on.

    Attributes:
        films: (n, S, S) uint8, frontal films, upright.
        lungs: (n, 64, 64) uint8, where their lungs are.
        weights: (n,) how often each film is shown, with sum 1.
        side_views: (m, T, T) uint8, drawn.
        others: (k, T, T) uint8: drawings and slices, no chest film among them.
    """

    films: NDArray[np.uint8]
    lungs: NDArray[np.uint8]
    weights: NDArray[np.float64]
    side_views: NDArray[np.uint8]
    others: NDArray[np.uint8]


class GateLesson:
    """Cross-entropy over the kinds of film, each batch with a fixed share of each kind."""

    def __init__(
        self, learn: GateFilms, choose: GateFilms, recipe: Recipe, *, share: Share, device: torch.device
    ) -> None:
        self.steps_per_epoch = max(1, round(len(learn.films) / (recipe.batch_size * _SHARES[FilmKind.UPRIGHT]) / 4))
        self._recipe, self._share, self._device = recipe, share, device
        self._maker = _Maker(learn, recipe)
        self._kinds = _shared_out(recipe.batch_size)
        self._exam = _exam(choose, recipe)

    def loss(self, network: nn.Module, step: int, generator: torch.Generator) -> Tensor:
        """The mean loss over this process's share of one batch."""
        del step
        kinds = self._share.of(self._kinds)
        films = self._maker.films(kinds, self._share.chance(generator))
        logits = self._look(network, films).kinds
        return F.cross_entropy(logits, kinds.to(self._device), label_smoothing=self._recipe.label_smoothing)

    def measure(self, network: nn.Module) -> dict[str, float]:
        """AUROC of frontal films, whichever way up, against all else, and the share of each kind that is seen right."""
        films, kinds = self._exam
        logits = torch.cat([self._look(network, part).kinds.cpu() for part in torch.split(films, _BATCH)])
        frontal = torch.logsumexp(logits[:, : len(FRONTAL)], dim=1) - torch.logsumexp(logits[:, len(FRONTAL) :], dim=1)
        right = logits.argmax(dim=1) == kinds
        shares = {f"right_{kind}": float(right[kinds == place].float().mean()) for place, kind in enumerate(KINDS)}
        return {CHOOSE_BY: float(roc_auc_score(kinds < len(FRONTAL), frontal.numpy())), **shares}

    def _look(self, network: nn.Module, films: Tensor) -> Sight:
        with half_precision(self._device.type):
            sight: Sight = network(normalised(films.to(self._device), self._recipe.input_spec))
        return sight


class _Maker:
    """Makes films of any kind out of frontal ones, drawings and slices."""

    def __init__(self, films: GateFilms, recipe: Recipe) -> None:
        self._films, self._recipe = films, recipe
        self._size = recipe.input_spec.size
        self._lungs = [two_lungs(mask) for mask in films.lungs]
        self._up_to = np.cumsum(films.weights)

    def films(self, kinds: Tensor, generator: torch.Generator) -> Tensor:
        """A film of each kind (n,), an index into `KINDS`: (n, 1, size, size) in 0..1, its tone fixed."""
        made = torch.stack([self._film(KINDS[kind], generator) for kind in kinds.tolist()])[:, None]
        return fixed_tone(change_look(made, self._recipe.augmentation, generator), self._recipe)

    def _film(self, kind: FilmKind, generator: torch.Generator) -> Tensor:
        chance = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
        how = self._recipe.augmentation
        if kind in TURNS:
            return torch.rot90(self._moved(self._any_film(chance)[0], None, how, generator), -TURNS[kind])
        if kind is FilmKind.CUT_OFF:
            square, lungs = self._any_film(chance)
            film = self._moved(square, window_moves([cut_window(lungs, chance)]), Augmentation(), generator)
        elif kind is FilmKind.SIDE_VIEW and chance.random() < _FOLDED:
            film = folded(self._moved(self._any_film(chance)[0], None, how, generator), generator)
        elif kind is FilmKind.SIDE_VIEW:
            film = self._moved(_one_of(self._films.side_views, chance), None, _LOOSE, generator)
        elif chance.random() < _DRAWN:
            film = self._moved(_one_of(self._films.others, chance), None, _LOOSE, generator)
            film = 1.0 - film if chance.random() < 0.1 else film
        elif chance.random() < _SPOILT:
            film = spoilt(self._moved(self._any_film(chance)[0], None, how, generator), generator)
        else:
            square, lungs = self._any_film(chance)
            film = self._moved(square, window_moves([window_beside_lungs(lungs, chance)]), Augmentation(), generator)
        return torch.rot90(film, int(chance.integers(1, 4))) if chance.random() < _TURNED else film

    def _any_film(self, chance: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        index = min(int(np.searchsorted(self._up_to, chance.random())), len(self._lungs) - 1)
        film = self._films.films[index]
        if chance.random() < 0.5:
            return film, self._lungs[index]
        return film[:, ::-1], self._lungs[index][:, :, ::-1]

    def _moved(
        self, square: NDArray[np.uint8], window: Tensor | None, how: Augmentation, generator: torch.Generator
    ) -> Tensor:
        moves = draw_moves(1, how, generator)
        film = torch.from_numpy(square.copy())[None, None].float() / 255.0
        return move(film, moves if window is None else chained(window, moves), self._size)[0, 0]


def fixed_tone(films: Tensor, recipe: Recipe) -> Tensor:
    """Films (n, 1, S, S) with their percentiles at 0 and 1, as the preprocessing leaves them."""
    spec = recipe.input_spec
    shares = torch.tensor([spec.low_percentile, spec.high_percentile]) / 100.0
    low, high = torch.quantile(films.flatten(1), shares, dim=1)[:, :, None, None, None]
    toned: Tensor = ((films - low) / (high - low).clamp(min=1e-6)).clamp(0.0, 1.0)
    return toned


def _one_of(pictures: NDArray[np.uint8], chance: np.random.Generator) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = pictures[int(chance.integers(len(pictures)))]
    return picture[:, ::-1] if chance.random() < 0.5 else picture


def _shared_out(count: int) -> Tensor:
    """The kinds of one batch, (count,): each as often as its share, the rest upright."""
    numbers = [place for place, kind in enumerate(KINDS) for _ in range(int(_SHARES[kind] * count))]
    return torch.tensor(([0] * (count - len(numbers)) + numbers)[:count])


def _exam(choose: GateFilms, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """Films to choose on and their kinds, always the same: films as they are, and as many made of any."""
    picked = np.linspace(0, len(choose.films) - 1, min(_EXAM, len(choose.films))).astype(np.int64)
    plain = torch.from_numpy(choose.films[picked])[:, None].float() / 255.0
    plain = F.interpolate(plain, size=(recipe.input_spec.size,) * 2, mode="area")
    kinds = torch.arange(1, len(KINDS)).repeat(1 + len(plain) // (len(KINDS) - 1))
    made = _Maker(choose, recipe).films(kinds, torch.Generator().manual_seed(recipe.seed))
    return torch.cat([plain, made]), torch.cat([torch.zeros(len(plain), dtype=torch.int64), kinds])
