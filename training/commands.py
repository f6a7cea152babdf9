"""What each command of the training room does with its options. What is heavy is imported where it is used."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.recipes import Recipe

# Settings of a recipe whose options bear the same name.
_SETTINGS = (
    "epochs", "seed", "batch_size", "optimiser", "learning_rate", "weight_decay", "dropout", "label_smoothing",
    "class_weights", "patience", "ema", "mixup", "folds",
)  # fmt: skip


def run_recipe(options: argparse.Namespace) -> None:
    """Train a recipe, or go on with it. Raises MapafuError."""
    from training.devices import Devices
    from training.fit import fit
    from training.run_folder import require_run

    recipe = _changed_recipe(options)
    if options.resume:
        require_run(options.out)
    fit(
        recipe,
        data=options.data,
        out=options.out,
        start_weights=options.start_weights,
        limit=options.limit,
        adults=options.adults,
        lung_masks=options.lung_masks,
        devices=Devices(options.accelerator, options.devices, options.nodes),
    )


def _changed_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe that was named, with the options that were given in the place of its settings."""
    from training.augment import NO_AUGMENTATION
    from training.recipes import RECIPES

    recipe = RECIPES[options.recipe]
    augmentation = None if options.augmentation is None else recipe.augmentation.scaled(options.augmentation)
    changes = {name: getattr(options, name) for name in _SETTINGS}
    changes["input_spec"] = options.size and dataclasses.replace(recipe.input_spec, size=options.size)
    changes["augmentation"] = NO_AUGMENTATION if options.no_augment else augmentation
    return dataclasses.replace(recipe, **{name: value for name, value in changes.items() if value is not None})


def sweep_recipe(options: argparse.Namespace) -> None:
    """Search better settings of a recipe. Raises MapafuError."""
    from training.recipes import RECIPES
    from training.sweep import sweep

    recipe = RECIPES[options.recipe]
    sweep(
        dataclasses.replace(recipe, epochs=options.epochs or recipe.epochs),
        data=options.data,
        out=options.out,
        trials=options.trials,
        limit=options.limit,
        start_weights=options.start_weights,
        timeout_minutes=options.timeout,
    )


def export_run(options: argparse.Namespace) -> None:
    """Write the model file of a finished run. Raises MapafuError."""
    from training.export.command import export_model

    export_model(
        run=options.run,
        data=options.data,
        adults=options.adults,
        model=options.model,
        adult_use=options.adult_use,
        gated=not options.ungated,
    )


def explore_films(options: argparse.Namespace) -> None:
    """Look at films before training. Raises MapafuError."""
    from training.explore.report import explore

    explore(data=options.data, out=options.out, label_column=options.label, split_column=options.split)


def evaluate_one(options: argparse.Namespace) -> None:
    """Measure a model on films of known truth. Raises MapafuError."""
    from training.evaluate.command import evaluate_model
    from training.record import given_command

    evaluate_model(
        model=options.model,
        data=options.data,
        out=options.out,
        command=given_command(),
        folds=options.folds,
        use=options.use,
        resamples=options.resamples,
        with_films=options.with_films,
    )


def write_card(options: argparse.Namespace) -> None:
    """Write a model's card as a page. Raises MapafuError."""
    from training.model_card import write_card_page
    from training.record import given_command

    command = given_command(["card", "--model", str(options.model), "--out", str(options.out)])
    write_card_page(options.model, options.out, command=command)


def make_key(options: argparse.Namespace) -> None:
    """Make a pair of keys for signing packs. Raises MapafuError."""
    from training.packing import write_key

    public = write_key(options.out)
    print(f"Keep {options.out} to yourself. Give {public} to those who should trust your packs.")  # noqa: T201


def make_pack(options: argparse.Namespace) -> None:
    """Make a pack of a model. Raises MapafuError."""
    from training.packing import write_pack

    manifest = write_pack(options.model, options.out, key=options.key)
    signed = "signed" if options.key is not None else "UNSIGNED"
    print(f"{options.out}: {manifest.model_id} {manifest.model_version}, {signed}")  # noqa: T201


def write_expectations(options: argparse.Namespace) -> None:
    """Write what the self-test expects of the bundled model. Raises MapafuError."""
    from training.packing import write_expected

    write_expected(options.out)


def train_the_gate(options: argparse.Namespace) -> None:
    """Train the network of the gate. Raises MapafuError."""
    from training.gate.command import GateRun, train_gate
    from training.gate.preparation import GateSources
    from training.recipes import GATE

    changes = {name: getattr(options, name) for name in ("epochs", "seed", "batch_size")}
    changes["input_spec"] = options.size and dataclasses.replace(GATE.input_spec, size=options.size)
    train_gate(
        dataclasses.replace(GATE, **{name: value for name, value in changes.items() if value is not None}),
        GateSources(options.data, options.adults, options.lung_masks, options.others),
        GateRun(
            out=options.out,
            model=options.model,
            start_weights=options.start_weights,
            drawings=options.drawings,
            limit=options.limit,
        ),
    )


def report_on_gate(options: argparse.Namespace) -> None:
    """Measure the gate. Raises MapafuError."""
    from training.gate.groups import ReportSources
    from training.gate.report import write_report
    from training.record import given_command

    write_report(
        options.model,
        ReportSources(
            data=options.data,
            adults=options.adults,
            others=options.others,
            use=options.use,
            dicom=options.dicom,
            lung_masks=options.lung_masks,
        ),
        page=options.out,
        sheet=options.sheet,
        command=given_command(),
    )


def compare_runs(options: argparse.Namespace) -> None:
    """Put finished runs beside each other. Raises MapafuError."""
    from training.compare.command import compare
    from training.record import given_command

    compare(
        options.runs,
        data=options.data,
        out=options.out,
        command=given_command(),
        models=options.model,
        folds=options.folds,
        not_measured=options.not_measured,
        readme=options.readme,
    )
