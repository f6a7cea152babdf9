"""One training run: from the films of a recipe to its best weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from training.build import new_network
from training.class_lesson import ClassLesson, load_class_films
from training.devices import Devices, share_of, start_processes
from training.explore.listing import printable
from training.film_list import list_films
from training.films import DataError
from training.lesson import Lesson
from training.loop import History, teach
from training.recipes import Recipe
from training.run_folder import open_run
from training.shipped.mixed_lesson import MixedLesson
from training.shipped.preparation import Sources, prepare


def fit(
    recipe: Recipe,
    *,
    data: Path,
    out: Path,
    start_weights: Path | None,
    limit: int | None,
    adults: Path | None = None,
    lung_masks: Path | None = None,
    devices: Devices | None = None,
    after_epoch: Callable[[History], None] | None = None,
) -> Path:
    """Train a recipe and return the path of its best weights.

    Args:
        data: Folder with `manifest.csv`, or with `train/CLASS/*`.
        out: Folder for the checkpoint, the weights, `config.json`, `epochs.csv` and `curves.png`.
        start_weights: Weights that the recipe's network starts from; None starts from chance.
        limit: Use only so many films of each role; for trials.
        adults: Folder of adult films, for recipes that learn from them too.
        lung_masks: Folder of lung masks of the films of children, for the same recipes.
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
    lesson: Lesson
    if recipe.mix is None:
        if adults is not None or lung_masks is not None:
            raise DataError(f"{recipe.name} learns from one folder alone. Leave --adults and --lung-masks out.")
        films = load_class_films(listed.films, recipe, limit=limit, quiet=console.quiet)
        unreadable = films.unreadable
        lesson = ClassLesson(films, recipe, share=share, device=fabric.device)
    else:
        if adults is None or lung_masks is None:
            raise DataError(f"{recipe.name} needs adult films and lung masks. Name them: --adults and --lung-masks.")
        if recipe.mixup or recipe.class_weights:
            raise DataError(f"{recipe.name} has shares of its own. Leave --mixup and --class-weights out.")
        mixed, unreadable = prepare(
            listed.films,
            recipe,
            Sources(data, adults, lung_masks),
            out=out / "lungs",
            start_weights=start_weights,
            limit=limit,
            fabric=fabric,
        )
        lesson = MixedLesson(mixed, recipe, recipe.mix, share=share, device=fabric.device)
    for path, reason in unreadable:
        console.print(f"{printable(str(path))} was left out: {reason}", markup=False, soft_wrap=True)
    weights = teach(lesson, network, recipe, folder=folder, fabric=fabric, after_epoch=after_epoch)
    if unreadable:
        console.print(f"Films left out since they cannot be read: {len(unreadable)}.")
    return weights
