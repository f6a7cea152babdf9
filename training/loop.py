"""The loop, readable from top to bottom: a lesson in, checkpoints out. The same loop serves every lesson."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.devices import in_first
from training.lesson import CHOOSE_BY, DivergedError, Lesson
from training.recipes import Optimiser, Recipe
from training.run_folder import RunFolder

History = list[dict[str, float]]


def teach(
    lesson: Lesson,
    network: nn.Module,
    recipe: Recipe,
    *,
    folder: RunFolder,
    fabric: Fabric,
    after_epoch: Callable[[History], None] | None = None,
) -> Path:
    """The loop: teach a network a lesson and return the path of its best weights.

    Each epoch leaves a checkpoint, and a run whose folder holds one goes on from it to the same outcome. The best
    epoch is the one with the highest `auroc_choose`, or with `recipe.keep_last` the last. With `recipe.ema` what is
    measured and kept is the average of the weights over the steps (Polyak and Juditsky 1992), normalisation statistics
    included.

    Args:
        after_epoch: Called with the figures of all epochs after each, once they are saved; what it raises ends the run.

    Raises:
        DivergedError: The loss is no number any more.
        OutputError: The folder cannot be written to.
    """
    learner = fabric.setup_module(network)
    optimiser = make_optimiser(recipe, network)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _learning_rate_share(step, lesson.steps_per_epoch, recipe)
    )
    generator = torch.Generator().manual_seed(recipe.seed)
    average = averaged(network, recipe.ema) if recipe.ema > 0.0 else None
    measured: nn.Module = network if average is None else average.module
    history: History = []
    if folder.earlier is not None:
        network.load_state_dict(folder.earlier["network"])
        optimiser.load_state_dict(folder.earlier["optimiser"])
        schedule.load_state_dict(folder.earlier["schedule"])
        generator.set_state(folder.earlier["generator"])
        if average is not None:
            average.load_state_dict(folder.earlier["average"])
        history = folder.earlier["history"]
    in_first(fabric, folder.write_config)

    def keep() -> None:
        if recipe.keep_last or history[-1][CHOOSE_BY] >= max(row[CHOOSE_BY] for row in history):
            folder.save_weights(measured.state_dict())
        folder.save_checkpoint(
            {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "generator": generator.get_state(),
                "average": None if average is None else average.state_dict(),
                "history": history,
            }
        )
        folder.write_history(history)

    console = Console(quiet=not fabric.is_global_zero)
    with Progress(console=console) as progress:
        for epoch in range(len(history), recipe.epochs):
            if stopped_early([row[CHOOSE_BY] for row in history], recipe.patience):
                console.print(f"No better for {recipe.patience} epochs; stopped.")
                break
            bar = progress.add_task(f"Epoch {epoch + 1} of {recipe.epochs}", total=lesson.steps_per_epoch)
            started, losses = time.monotonic(), []
            _seed_dropout(recipe.seed, epoch, fabric.global_rank)
            learner.train()
            for step in range(lesson.steps_per_epoch):
                loss = lesson.loss(learner, step, generator)
                optimiser.zero_grad(set_to_none=True)
                fabric.backward(loss)
                optimiser.step()
                schedule.step()
                if average is not None:
                    average.update_parameters(network)
                losses.append(loss.item())
                progress.advance(bar)
            mean_loss = _mean_over_processes(fabric, float(np.mean(losses)))
            if not math.isfinite(mean_loss):
                raise DivergedError(f"The loss grew beyond bounds in epoch {epoch + 1}. Lower --learning-rate.")
            measured.eval()
            with torch.no_grad():
                figures = in_first(fabric, lambda: lesson.measure(measured))
            seconds = time.monotonic() - started
            history.append({"epoch": epoch + 1, "loss": mean_loss, **figures, "seconds": seconds})
            console.print(f"epoch {epoch + 1}: loss {mean_loss:.4f}, AUROC {figures[CHOOSE_BY]:.4f}")
            in_first(fabric, keep)
            if after_epoch is not None:
                after_epoch(history)
    return folder.weights


def stopped_early(aurocs: list[float], patience: int) -> bool:
    """Whether the last `patience` epochs brought no better AUROC than the ones before them."""
    before, last = aurocs[:-patience], aurocs[-patience:]
    return bool(before) and max(last) <= max(before)


def make_optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """The recipe's optimiser for whatever of the network learns."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.optimiser is Optimiser.SGD:
        return torch.optim.SGD(learning, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(learning, lr=rate, weight_decay=decay)


def averaged(network: nn.Module, decay: float) -> AveragedModel:
    """A copy of a network that follows it: decay x itself + (1 - decay) x the network, at each update."""
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)  # type: ignore[no-untyped-call]
    return average.requires_grad_(False)


def _mean_over_processes(fabric: Fabric, value: float) -> float:
    mean = fabric.all_reduce(torch.tensor(value, dtype=torch.float64, device=fabric.device), reduce_op="mean")
    assert isinstance(mean, Tensor)
    return mean.item()


def _seed_dropout(seed: int, epoch: int, rank: int) -> None:
    """Dropout draws from torch's own chance; begun anew each epoch, it needs no place in the checkpoint."""
    torch.manual_seed(int(np.random.SeedSequence((seed, epoch, rank)).generate_state(1)[0]))


def _learning_rate_share(step: int, steps_per_epoch: int, recipe: Recipe) -> float:
    """Linear warm-up, then a half cosine down to 2 % of the learning rate."""
    warmup = max(1.0, recipe.warmup_epochs * steps_per_epoch)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1.0, recipe.epochs * steps_per_epoch - warmup)
    return 0.02 + 0.49 * (1.0 + math.cos(math.pi * min(1.0, done)))
