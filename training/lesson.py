"""What the loop asks of a lesson: where films come from and what is to be learned from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.errors import MapafuError

CHOOSE_BY = "auroc_choose"


class DivergedError(MapafuError):
    """The loss is no number any more: the steps are too long."""

    code = "training_diverged"


class Lesson(Protocol):
    """Films and losses behind one small face, so that `training.loop.teach` serves every recipe.

    A lesson may remember something from one step to the next of an epoch, but nothing from one epoch to the next:
    a run that was cut off goes on with a new lesson and the generator as it was after the last whole epoch.
    """

    @property
    def steps_per_epoch(self) -> int:
        """Optimisation steps that make one epoch, at least 1."""

    def loss(self, network: nn.Module, step: int, generator: torch.Generator) -> Tensor:
        """The loss of one step on this process's share of the batch: a scalar that gradients flow from.

        Args:
            network: To be called as a whole (`network(films)`), or several processes would not learn together.
            step: 0 at the beginning of each epoch.
            generator: All chance comes from here. Each process has to draw the same from it: draw from
                `Share.chance` what may differ between them.
        """

    def measure(self, network: nn.Module) -> dict[str, float]:
        """Figures after an epoch; the best epoch, early stopping and the log go by `auroc_choose`.

        Called in the first process only, without gradients, on a network that is in evaluation mode.
        """


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of each batch this process learns from.

    Attributes:
        rank: 0 to `processes` - 1.
    """

    rank: int = 0
    processes: int = 1

    def of(self, batch: Tensor) -> Tensor:
        """This process's part of a batch that every process has drawn alike."""
        return batch[self.rank :: self.processes]

    def chance(self, generator: torch.Generator) -> torch.Generator:
        """A generator that differs between processes, while `generator` stays alike in all of them."""
        if self.processes == 1:
            return generator
        seed = int(torch.randint(2**62, (), generator=generator))
        return torch.Generator().manual_seed(seed + self.rank)
