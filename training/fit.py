"""One training run, readable from top to bottom: films in, checkpoints out."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from rich.progress import Progress
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from engine.model.preprocess import InputSpec
from training.augment import augment
from training.build import build_network, load_start_weights
from training.curves import draw_epochs
from training.films import CLASSES, DataError, LabelledFilm, load_squares, read_manifest
from training.networks import MobileNetV2
from training.precision import half_precision
from training.recipes import Optimiser, Recipe
from training.record import current_commit, given_command

# Films are kept this much larger than the network's input, so that turning and zooming costs no detail.
_MARGIN = 8 / 7


def fit(recipe: Recipe, *, data: Path, out: Path, start_weights: Path | None, limit: int | None) -> Path:
    """Train a recipe and return the path of its best weights.

    Each epoch leaves `checkpoint.pt` in `out`, and a run that finds one there goes on from it. The best epoch
    is the one with the highest AUROC (normal against pneumonia) on the folds kept for choosing.

    Args:
        data: Folder with `manifest.csv`.
        out: Folder for the checkpoint, the weights, `config.json`, `epochs.csv` and `curves.png`.
        start_weights: Weights that the recipe's network starts from; None starts from chance.
        limit: Use only so many films of each role; for trials.

    Raises:
        DataError: The films cannot be used.
    """
    if start_weights is not None and not start_weights.is_file():
        raise DataError(f"There are no start weights at {start_weights}. Check the path, or leave the option out.")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    network = build_network(recipe)
    load_start_weights(network, start_weights)
    config = _settle_config(recipe, out, start_weights, limit)
    generator = torch.Generator().manual_seed(recipe.seed)

    films = read_manifest(data)
    learn = _thin(recipe.folds.learn(films), limit, recipe.seed)
    choose = _thin([film for film in films if film.fold == recipe.folds.choose], limit, recipe.seed)
    if len(learn) < recipe.batch_size or len({film.label == 0 for film in choose}) < 2:
        raise DataError("There are too few films to learn from. Add films or raise the limit.")
    spec = recipe.input_spec
    squares = load_squares(learn, spec, size=round(spec.size * _MARGIN), what="films to learn from")
    choose_squares = load_squares(choose, spec, size=spec.size, what="films to choose on")
    labels = torch.tensor([film.label for film in learn])

    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = _optimiser(recipe, network)
    weights = _class_weights(labels) if recipe.class_weights else None
    steps_per_epoch = len(learn) // recipe.batch_size
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _learning_rate_share(step, steps_per_epoch, recipe)
    )

    history: list[dict[str, float]] = []
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        history = _resume(checkpoint, network, optimiser, schedule, generator)

    with Progress() as progress:
        for epoch in range(len(history), recipe.epochs):
            if stopped_early([row["auroc_choose"] for row in history], recipe.patience):
                progress.console.print(f"No better for {recipe.patience} epochs; stopped.")
                break
            bar = progress.add_task(f"Epoch {epoch + 1} of {recipe.epochs}", total=steps_per_epoch)
            started, losses = time.monotonic(), []
            network.train()
            order = torch.randperm(len(learn), generator=generator)
            for step in range(steps_per_epoch):
                picked = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
                batch = torch.from_numpy(squares[picked.numpy()]).unsqueeze(1).float() / 255.0
                batch = augment(batch, spec.size, recipe.augmentation, generator)
                loss = F.cross_entropy(
                    _class_logits(network, _normalised(batch, spec)),
                    labels[picked],
                    weight=weights,
                    label_smoothing=recipe.label_smoothing,
                )
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
                progress.advance(bar)
            auroc = _auroc(network, choose, choose_squares, spec)
            history.append(
                {
                    "epoch": epoch + 1,
                    "loss": float(np.mean(losses)),
                    "auroc_choose": auroc,
                    "seconds": time.monotonic() - started,
                }
            )
            progress.console.print(f"epoch {epoch + 1}: loss {history[-1]['loss']:.4f}, AUROC {auroc:.4f}")
            if auroc >= max(row["auroc_choose"] for row in history):
                _save({"network": network.state_dict()}, out / "weights.pt")
            _save(
                {
                    "network": network.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "schedule": schedule.state_dict(),
                    "generator": generator.get_state(),
                    "dropout_generator": torch.get_rng_state(),
                    "history": history,
                    "config": config,
                },
                checkpoint,
            )
            _write_history(history, out / "epochs.csv")
            draw_epochs(history, out / "curves.png")
    return out / "weights.pt"


def load_network(weights: Path) -> MobileNetV2:
    """The network of a finished run, ready to predict. Raises DataError where there is none."""
    try:
        state = torch.load(weights, weights_only=True)["network"]
    except FileNotFoundError as error:
        raise DataError(f"There is no {weights}. Train first: mapafu-train run.") from error
    network = MobileNetV2(classes=len(CLASSES))
    network.load_state_dict(state)
    return network.eval()


def _settle_config(recipe: Recipe, out: Path, start_weights: Path | None, limit: int | None) -> dict[str, Any]:
    """The settings of this run: written once, and compared where the run goes on. Raises DataError."""
    settings = {
        **dataclasses.asdict(recipe),
        "limit": limit,
        "start_weights": start_weights.name if start_weights is not None else None,
    }
    settings = json.loads(json.dumps(settings))
    path = out / "config.json"
    if (out / "checkpoint.pt").exists():
        config: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True).get("config", {})
        changed = [name for name, value in settings.items() if config.get(name) != value]
        if changed:
            raise DataError(f"{out} holds a run with another {', '.join(changed)}. Choose another folder.")
    else:
        config = {**settings, "command": given_command(), "commit": current_commit()}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return config


def stopped_early(aurocs: list[float], patience: int) -> bool:
    """Whether the last `patience` epochs brought no better AUROC than the ones before them."""
    before, last = aurocs[:-patience], aurocs[-patience:]
    return bool(before) and max(last) <= max(before)


def _optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.optimiser is Optimiser.SGD:
        return torch.optim.SGD(learning, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(learning, lr=rate, weight_decay=decay)


def _class_weights(labels: Tensor) -> Tensor:
    counts = torch.bincount(labels, minlength=len(CLASSES)).clamp(min=1)
    return len(labels) / (len(CLASSES) * counts.float())


def _thin(films: list[LabelledFilm], limit: int | None, seed: int) -> list[LabelledFilm]:
    if limit is None or limit >= len(films):
        return films
    picked = np.random.default_rng(seed).permutation(len(films))[:limit]
    return [films[index] for index in sorted(picked)]


def _learning_rate_share(step: int, steps_per_epoch: int, recipe: Recipe) -> float:
    """Linear warm-up, then a half cosine down to 2 % of the learning rate."""
    warmup = max(1.0, recipe.warmup_epochs * steps_per_epoch)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1.0, recipe.epochs * steps_per_epoch - warmup)
    return 0.02 + 0.49 * (1.0 + math.cos(math.pi * min(1.0, done)))


def _normalised(films: Tensor, spec: InputSpec) -> Tensor:
    return ((films - spec.mean) / spec.std).contiguous(memory_format=torch.channels_last)


def _class_logits(network: nn.Module, films: Tensor) -> Tensor:
    with half_precision("cpu"):
        maps: Tensor = network(films)
    return maps.float().mean(dim=(2, 3))


@torch.no_grad()
def _auroc(network: nn.Module, films: list[LabelledFilm], squares: NDArray[np.uint8], spec: InputSpec) -> float:
    network.eval()
    logits = []
    for batch in torch.split(torch.from_numpy(squares).unsqueeze(1), 64):
        logits.append(_class_logits(network, _normalised(batch.float() / 255.0, spec)))
    pneumonia = 1.0 - torch.cat(logits).softmax(dim=1)[:, 0]
    return float(roc_auc_score([film.label > 0 for film in films], pneumonia.numpy()))


def _resume(
    checkpoint: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    generator: torch.Generator,
) -> list[dict[str, float]]:
    state = torch.load(checkpoint, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    generator.set_state(state["generator"])
    torch.set_rng_state(state["dropout_generator"])
    history: list[dict[str, float]] = state["history"]
    return history


def _save(state: dict[str, object], path: Path) -> None:
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _write_history(history: list[dict[str, float]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
