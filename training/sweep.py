"""A search for better settings of a recipe: many short runs, judged on the fold kept for choosing (Optuna)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, Trial, TrialState
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import OutputError
from training.film_list import list_films
from training.films import DataError
from training.fit import fit
from training.lesson import CHOOSE_BY, DivergedError
from training.loop import History
from training.recipes import Optimiser, Recipe
from training.run_folder import CHECKPOINT, WEIGHTS, read_history
from training.sweep_report import SweepReport, TrialRow, write_report

STUDY = "sweep.db"
_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
_CUT_OFF = (TrialState.RUNNING, TrialState.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What is searched; pairs are the least and the greatest value, `augmentation` a factor on all of its parts."""

    sizes: tuple[int, ...] = (96, 128, 160, 192, 224)
    batch_sizes: tuple[int, ...] = (16, 32, 64)
    learning_rate: tuple[float, float] = (1e-4, 3e-2)
    weight_decay: tuple[float, float] = (1e-5, 1e-1)
    dropout: tuple[float, float] = (0.0, 0.5)
    augmentation: tuple[float, float] = (0.0, 1.5)


def sweep(
    recipe: Recipe,
    *,
    data: Path,
    out: Path,
    trials: int,
    limit: int | None,
    start_weights: Path | None = None,
    timeout_minutes: float | None = None,
    space: Space | None = None,
) -> None:
    """Try settings until there are `trials` trials in all, and write `sweep.md` and `sweep.json`.

    The study is kept in `out`, so the same call goes on after it was cut off, and a trial that was cut off goes on
    from its last epoch. After four trials, one ends early where its AUROC lies below the median of the others at the
    same epoch, from the second epoch on.
    Only the best trial keeps its weights.

    Args:
        recipe: What the trials start from; settings that are not searched stay as they are.
        data: Folder with the films.
        out: Folder for the study, the reports and one folder for each trial.
        trials: How many trials there should be in the end, earlier ones included.
        limit: Use only so many films of each role.
        start_weights: Weights that each trial starts from.
        timeout_minutes: Begin no further trial after so many minutes.
        space: What is searched.

    Raises:
        DataError: The films cannot be used, or `out` holds a sweep of something else.
        OutputError: `out` cannot be written to.
    """
    films = list_films(data).films
    learn, choose = len(recipe.folds.learn(films)), sum(film.fold == recipe.folds.choose for film in films)
    learn, choose = (min(count, limit or count) for count in (learn, choose))
    space = space or Space()
    space = dataclasses.replace(space, batch_sizes=tuple(size for size in space.batch_sizes if size <= learn))
    if not space.batch_sizes:
        raise DataError("There are too few films to learn from. Add films or raise the limit.")
    console = Console()

    def attempt(trial: Trial) -> float:
        settings = _draw(trial, space)
        folder = out / (trial.user_attrs.get("folder") or _new_folder(trial.study))
        trial.set_user_attr("folder", folder.name)
        console.print(
            f"{folder.name}: {', '.join(f'{name} {value}' for name, value in settings.items())}", soft_wrap=True
        )
        reported: set[float] = set()

        def after_epoch(history: History) -> None:
            for row in history:
                if row["epoch"] not in reported:
                    trial.report(row[CHOOSE_BY], int(row["epoch"]))
                    reported.add(row["epoch"])
            trial.set_user_attr("best", max(row[CHOOSE_BY] for row in history))
            if history[-1]["epoch"] < recipe.epochs and trial.should_prune():
                console.print("Below the median of the other trials; stopped.")
                raise optuna.TrialPruned

        changed = apply_settings(recipe, settings)
        try:
            fit(changed, data=data, out=folder, start_weights=start_weights, limit=limit, after_epoch=after_epoch)
        except DivergedError as error:
            console.print(error.sentence)
            raise optuna.TrialPruned from error
        history = read_history(folder)
        after_epoch(history)  # a run that was cut off after its last epoch has had none since
        return max(row[CHOOSE_BY] for row in history)

    def tidy(study: optuna.Study, _: FrozenTrial) -> None:
        _drop_weights(study, out)

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    settings = {
        "recipe": recipe.name,
        "epochs": recipe.epochs,
        "limit": limit,
        "start_weights": start_weights.name if start_weights is not None else None,
        "space": dataclasses.asdict(space),
    }
    with _study(out, recipe, settings) as study:
        _queue_again(study)
        left = trials - sum(trial.state in _FINISHED for trial in study.trials)
        try:
            if left > 0:
                seconds = None if timeout_minutes is None else timeout_minutes * 60.0
                study.optimize(attempt, n_trials=left, timeout=seconds, callbacks=[tidy])
        finally:
            begun = [trial for trial in study.trials if trial.intermediate_values or trial.state in _FINISHED]
            rows = {trial.user_attrs["folder"]: _row(trial) for trial in begun}
            report = SweepReport(recipe.name, recipe.epochs, limit, learn, choose, tuple(rows.values()))
            console.print(write_report(report, out), markup=False, soft_wrap=True)


def apply_settings(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """A recipe with drawn settings in the place of its own."""
    kept = {name: value for name, value in settings.items() if name not in ("size", "augmentation", "optimiser")}
    return dataclasses.replace(
        recipe,
        input_spec=dataclasses.replace(recipe.input_spec, size=settings["size"]),
        augmentation=recipe.augmentation.scaled(settings["augmentation"]),
        optimiser=Optimiser(settings["optimiser"]),
        **kept,
    )


def _draw(trial: Trial, space: Space) -> dict[str, Any]:
    return {
        "size": trial.suggest_categorical("size", space.sizes),
        "batch_size": trial.suggest_categorical("batch_size", space.batch_sizes),
        "optimiser": trial.suggest_categorical("optimiser", [str(optimiser) for optimiser in Optimiser]),
        "learning_rate": trial.suggest_float("learning_rate", *space.learning_rate, log=True),
        "weight_decay": trial.suggest_float("weight_decay", *space.weight_decay, log=True),
        "dropout": trial.suggest_float("dropout", *space.dropout),
        "class_weights": trial.suggest_categorical("class_weights", [False, True]),
        "augmentation": trial.suggest_float("augmentation", *space.augmentation),
    }


@contextmanager
def _study(out: Path, recipe: Recipe, settings: dict[str, Any]) -> Iterator[optuna.Study]:
    """The study in a folder, a new one where there is none. Raises DataError where it is one of something else."""
    sentence = f"The study {out / STUDY} cannot be read or written. Make room there, or choose another folder."
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(sentence) from error
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{out / STUDY}")
        try:
            study = optuna.create_study(
                storage=storage, study_name="sweep", load_if_exists=True, direction="maximize", pruner=_pruner()
            )
            # Seeded by the trials so far, or a study that goes on would draw its first trials again.
            study.sampler = optuna.samplers.TPESampler(seed=recipe.seed + len(study.trials))
            settings = json.loads(json.dumps(settings))
            earlier = study.user_attrs.get("settings", settings)
            changed = [name for name, value in settings.items() if earlier.get(name) != value]
            if changed:
                raise DataError(f"{out} holds a sweep with another {', '.join(changed)}. Choose another folder.")
            study.set_user_attr("settings", settings)
            yield study
        finally:
            storage.engine.dispose()
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise OutputError(sentence) from error


def _pruner() -> optuna.pruners.BasePruner:
    return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)


def _queue_again(study: optuna.Study) -> None:
    """Trials that were cut off come first, each in its own folder."""
    goes_on = {trial.user_attrs.get("folder") for trial in study.trials if trial.state not in _CUT_OFF}
    for trial in study.trials:
        if trial.state is TrialState.RUNNING:
            study.tell(trial.number, state=TrialState.FAIL)
        folder = trial.user_attrs.get("folder")
        if trial.state in _CUT_OFF and folder is not None and folder not in goes_on:
            study.enqueue_trial(trial.params, user_attrs={"folder": folder})
            goes_on.add(folder)


def _new_folder(study: optuna.Study) -> str:
    """The next name; trials that were cut off and came again share theirs."""
    taken = {trial.user_attrs["folder"] for trial in study.trials if "folder" in trial.user_attrs}
    return f"trial-{len(taken) + 1:03}"


def _best(study: optuna.Study) -> FrozenTrial | None:
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return max(finished, key=lambda trial: trial.value or 0.0, default=None)


def _drop_weights(study: optuna.Study, out: Path) -> None:
    best = _best(study)
    for trial in study.get_trials(deepcopy=False, states=_FINISHED):
        folder = out / trial.user_attrs["folder"]
        (folder / CHECKPOINT).unlink(missing_ok=True)
        if best is None or trial.number != best.number:
            (folder / WEIGHTS).unlink(missing_ok=True)


def _row(trial: FrozenTrial) -> TrialRow:
    outcome = {TrialState.COMPLETE: "finished", TrialState.PRUNED: "stopped early"}.get(trial.state, "cut off")
    return TrialRow(
        folder=trial.user_attrs["folder"],
        outcome=outcome,
        auroc=trial.user_attrs.get("best"),
        epochs=len(trial.intermediate_values),
        settings=dict(trial.params),
    )
