"""One training run, readable from top to bottom: films in, checkpoints out. The same loop serves every lesson."""

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

from training.build import build_network, load_start_weights
from training.class_lesson import ClassLesson, load_class_films
from training.devices import Devices, in_first, share_of, start_processes
from training.explore.listing import printable
from training.film_list import list_films
from training.films import CLASSES, DataError
from training.lesson import CHOOSE_BY, DivergedError, Lesson
from training.networks import MobileNetV2
from training.recipes import Optimiser, Recipe
from training.run_folder import RunFolder, open_run

History = list[dict[str, float]]


def fit(
    recipe: Recipe,
    *,
    data: Path,
    out: Path,
    start_weights: Path | None,
    limit: int | None,
    devices: Devices | None = None,
    after_epoch: Callable[[History], None] | None = None,
) -> Path:
    """Train a recipe on the films of children and return the path of its best weights.

    Args:
        data: Folder with `manifest.csv`, or with `train/CLASS/*`.
        out: Folder for the checkpoint, the weights, `config.json`, `epochs.csv` and `curves.png`.
        start_weights: Weights that the recipe's network starts from; None starts from chance.
        limit: Use only so many films of each role; for trials.
        devices: Where to compute; None takes a GPU where there is one, else one process on the CPU.
        after_epoch: See `teach`.

    Raises:
        DataError: The films cannot be used.
        OutputError: `out` cannot be written to.
    """
    fabric = start_processes(devices or Devices())
    network = new_network(recipe, start_weights)
    share = share_of(fabric, recipe.batch_size)
    folder = open_run(out, recipe, limit=limit, start_weights=start_weights, processes=fabric.world_size)
    console = Console(quiet=not fabric.is_global_zero)
    listed = list_films(data)
    for remark in listed.remarks:
        console.print(remark, soft_wrap=True)
    films = load_class_films(listed.films, recipe, limit=limit, quiet=console.quiet)
    for path, reason in films.unreadable:
        console.print(f"{printable(str(path))} was left out: {reason}", markup=False, soft_wrap=True)
    lesson = ClassLesson(films, recipe, share=share, device=fabric.device)
    weights = teach(lesson, network, recipe, folder=folder, fabric=fabric, after_epoch=after_epoch)
    if films.unreadable:
        console.print(f"Films left out since they cannot be read: {len(films.unreadable)}.")
    return weights


def new_network(recipe: Recipe, start_weights: Path | None) -> nn.Module:
    """The network of a recipe before its first step. Raises DataError where the start weights do not fit."""
    if start_weights is not None and not start_weights.is_file():
        raise DataError(f"There are no start weights at {start_weights}. Check the path, or leave the option out.")
    torch.manual_seed(recipe.seed)
    network = build_network(recipe)
    load_start_weights(network, start_weights)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


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
    epoch is the one with the highest `auroc_choose`. With `recipe.ema` what is measured and kept is the average of
    the weights over the steps (Polyak and Juditsky 1992), normalisation statistics included.

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
        if history[-1][CHOOSE_BY] >= max(row[CHOOSE_BY] for row in history):
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


def load_network(weights: Path) -> MobileNetV2:
    """The network of a finished run, ready to predict. Raises DataError where there is none."""
    try:
        state = torch.load(weights, weights_only=True, map_location="cpu")["network"]
    except FileNotFoundError as error:
        raise DataError(f"There is no {weights}. Train first: mapafu-train run.") from error
    network = MobileNetV2(classes=len(CLASSES))
    network.load_state_dict(state)
    return network.eval()


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
