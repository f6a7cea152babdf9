"""The command line of the training room: train a recipe, then export and measure the model."""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import MapafuError

if TYPE_CHECKING:
    from training.films import FoldPlan
    from training.recipes import Recipe

# Settings of a recipe whose options bear the same name.
_SETTINGS = (
    "epochs", "seed", "batch_size", "optimiser", "learning_rate", "weight_decay", "dropout", "label_smoothing",
    "class_weights", "patience", "ema", "mixup", "folds",
)  # fmt: skip

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def first_on_this_machine() -> bool:
    """Whether this process is the one on its machine that talks to the person."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def run(arguments: list[str] | None = None) -> int:
    """Parse the command line, do what it says, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except MapafuError as error:
        if not first_on_this_machine():
            return EXIT_OK  # the first process meets the same, says it, and gives the exit status
        print(f"mapafu-train: {error.sentence}", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except KeyboardInterrupt:
        if first_on_this_machine():
            print(f"mapafu-train: stopped; {options.stopped}.", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    return EXIT_OK


def _run_recipe(options: argparse.Namespace) -> None:
    from training.devices import Devices
    from training.fit import fit

    recipe = _changed_recipe(options)
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


def _sweep(options: argparse.Namespace) -> None:
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


def _export(options: argparse.Namespace) -> None:
    from training.export.command import export_model

    export_model(
        run=options.run,
        data=options.data,
        adults=options.adults,
        model=options.model,
        adult_use=options.adult_use,
    )


def _explore(options: argparse.Namespace) -> None:
    from training.explore.report import explore

    explore(data=options.data, out=options.out, label_column=options.label, split_column=options.split)


def _evaluate(options: argparse.Namespace) -> None:
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


def _card(options: argparse.Namespace) -> None:
    from training.model_card import write_card_page
    from training.record import given_command

    command = given_command(["card", "--model", str(options.model), "--out", str(options.out)])
    write_card_page(options.model, options.out, command=command)


def _new_key(options: argparse.Namespace) -> None:
    from training.packing import write_key

    public = write_key(options.out)
    print(f"Keep {options.out} to yourself. Give {public} to those who should trust your packs.")  # noqa: T201


def _pack(options: argparse.Namespace) -> None:
    from training.packing import write_pack

    manifest = write_pack(options.model, options.out, key=options.key)
    signed = "signed" if options.key is not None else "UNSIGNED"
    print(f"{options.out}: {manifest.model_id} {manifest.model_version}, {signed}")  # noqa: T201


def _expect(options: argparse.Namespace) -> None:
    from training.packing import write_expected

    write_expected(options.out)


def _gate(options: argparse.Namespace) -> None:
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


def _gate_report(options: argparse.Namespace) -> None:
    from training.gate.report import ReportSources, write_report
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


def _compare(options: argparse.Namespace) -> None:
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


def _parser() -> argparse.ArgumentParser:
    from training.recipes import RECIPES, Optimiser

    parser = argparse.ArgumentParser(
        prog="mapafu-train", description="Train, measure and export the model that Mapafu screens with."
    )
    parser.set_defaults(stopped="nothing was written")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    explore = commands.add_parser("explore", help="look at the films before training: one HTML report with pictures")
    explore.set_defaults(command=_explore)
    explore.add_argument("data", type=Path, help="folder with manifest.csv, or with SPLIT/CLASS/FILM; or the manifest")
    explore.add_argument("--out", type=Path, required=True, help="folder for explore.html")
    explore.add_argument("--label", metavar="COLUMN", help="column of the class (default: label, else subtype)")
    explore.add_argument("--split", metavar="COLUMN", help="column of the split (default: split, where there is one)")

    train = commands.add_parser("run", help="train a recipe; goes on from the last epoch where one was cut off")
    train.set_defaults(command=_run_recipe, stopped="the same command goes on from the last epoch")
    train.add_argument("recipe", choices=sorted(RECIPES))
    train.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    train.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    train.add_argument("--adults", type=Path, help="folder with adult films, for the recipe mapafu")
    train.add_argument("--lung-masks", type=Path, help="folder with lung masks, for the recipe mapafu")
    train.add_argument("--start-weights", type=Path, help="MobileNetV2 (.npz) or VGG16 (.pth) weights to start from")
    train.add_argument("--epochs", type=_count, help="train so many epochs instead of the recipe's")
    train.add_argument("--seed", type=int, help="another seed than the recipe's")
    train.add_argument("--limit", type=_count, help="use only so many films; for trials")
    train.add_argument("--folds", type=_fold_plan, metavar="N,N", help="patient folds to report on and to choose on")
    train.add_argument("--size", type=_size, help="side of the square input, in pixels, instead of the recipe's")
    train.add_argument("--batch-size", type=_count, help="films per step instead of the recipe's")
    train.add_argument("--optimiser", type=Optimiser, choices=list(Optimiser), help="another than the recipe's")
    train.add_argument("--learning-rate", type=_amount, help="another learning rate than the recipe's")
    train.add_argument("--weight-decay", type=_amount, help="another L2 penalty than the recipe's")
    train.add_argument("--dropout", type=_share, help="share of features left out, instead of the recipe's")
    train.add_argument("--label-smoothing", type=_share, help="share that labels are smoothed by")
    train.add_argument("--class-weights", action=argparse.BooleanOptionalAction, help="weigh classes alike in the loss")
    train.add_argument("--patience", type=_count, help="stop after so many epochs without a better AUROC")
    train.add_argument("--ema", type=_share, help="decay of the averaged weights, such as 0.999; 0 is off")
    train.add_argument("--mixup", type=_amount, help="blend films; the parameter of the beta distribution; 0 is off")
    train.add_argument("--augmentation", type=_amount, help="factor on the strength of the recipe's changes to films")
    train.add_argument("--no-augment", action="store_true", help="show the films unchanged")
    train.add_argument("--accelerator", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU if any")
    train.add_argument("--devices", type=_count, default=1, help="processes on this machine, each with its GPU if any")
    train.add_argument("--nodes", type=_count, default=1, help="machines that learn together; see docs/training.md")

    sweep = commands.add_parser("sweep", help="search better settings of a recipe; goes on where it was cut off")
    sweep.set_defaults(command=_sweep, stopped="what was done is kept, and the same command goes on")
    sweep.add_argument("recipe", choices=sorted(name for name, recipe in RECIPES.items() if recipe.mix is None))
    sweep.add_argument("--data", type=Path, required=True, help="folder with the films")
    sweep.add_argument("--out", type=Path, required=True, help="folder for the study, its reports and the trials")
    sweep.add_argument("--trials", type=_count, required=True, help="trials in all, those of an earlier call included")
    sweep.add_argument("--start-weights", type=Path, help="weights that each trial starts from")
    sweep.add_argument("--epochs", type=_count, help="epochs of a trial instead of the recipe's")
    sweep.add_argument("--limit", type=_count, help="use only so many films")
    sweep.add_argument("--timeout", type=_amount, metavar="MINUTES", help="begin no trial after so many minutes")

    export = commands.add_parser("export", help="write the ONNX model with its card, measured on held-out patients")
    export.set_defaults(command=_export)
    export.add_argument("--run", type=Path, required=True, help="folder of a finished run")
    export.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    export.add_argument("--adults", type=Path, help="folder with radiologist-read adult films, to measure on too")
    export.add_argument("--model", type=Path, required=True, help="the .onnx file to write")
    export.add_argument(
        "--adult-use",
        choices=("tune", "report"),
        default="tune",
        help="read films of adults that figures come from; report is opened once, for the model that ships",
    )

    evaluate = commands.add_parser("evaluate", help="measure a model on films whose truth is known, as HTML and JSON")
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("--model", type=Path, required=True, help="the .onnx file to measure")
    evaluate.add_argument("--data", type=Path, required=True, help="folder with manifest.csv, or with split/CLASS/*")
    evaluate.add_argument("--out", type=Path, required=True, help="folder for evaluate.html and evaluate.json")
    evaluate.add_argument("--folds", type=_folds, metavar="N,N", help="patient folds to measure on (default: 0)")
    evaluate.add_argument("--use", help="rows of radiologist-read films: tune (the default) or report")
    evaluate.add_argument(
        "--without-films", dest="with_films", action="store_false", help="show no films, for a report to hand on"
    )
    evaluate.add_argument("--resamples", type=_count, default=2000, help="bootstrap draws (default: 2000)")

    card = commands.add_parser("card", help="write a model's card as a page of Markdown")
    card.set_defaults(command=_card)
    card.add_argument("--model", type=Path, required=True, help="the .onnx file")
    card.add_argument("--out", type=Path, required=True, help="the .md file to write")

    key = commands.add_parser("new-key", help="make a pair of keys for signing packs")
    key.set_defaults(command=_new_key)
    key.add_argument("--out", type=Path, required=True, help="the private key to write; NAME.pub goes beside it")

    pack = commands.add_parser("pack", help="make a signed pack (.mapafu) of a model, to install from a memory stick")
    pack.set_defaults(command=_pack)
    pack.add_argument("--model", type=Path, required=True, help="the .onnx file")
    pack.add_argument("--key", type=Path, help="the private key to sign with; without one the pack is unsigned")
    pack.add_argument("--out", type=Path, required=True, help="the .mapafu file to write")

    expect = commands.add_parser("expect", help="write what the self-test expects of the bundled model")
    expect.set_defaults(command=_expect)
    expect.add_argument("--out", type=Path, required=True, help="the .json file to write")

    gate = commands.add_parser("gate", help="train the network that tells frontal chest films from everything else")
    gate.set_defaults(command=_gate, stopped="the same command goes on from the last epoch")
    gate.add_argument("--data", type=Path, required=True, help="folder with films of children and manifest.csv")
    gate.add_argument(
        "--adults", type=Path, required=True, help="folder with adult films; those for weak use are taken"
    )
    gate.add_argument("--lung-masks", type=Path, required=True, help="folder with lung masks of the films of children")
    gate.add_argument("--others", type=Path, help="folder with pictures that are no frontal chest films, use train")
    gate.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    gate.add_argument("--model", type=Path, required=True, help="the .onnx file to write")
    gate.add_argument("--start-weights", type=Path, help="MobileNetV2 weights (.npz) to start from")
    gate.add_argument("--epochs", type=_count, help="train so many epochs instead of the recipe's")
    gate.add_argument("--seed", type=int, help="another seed than the recipe's")
    gate.add_argument("--batch-size", type=_count, help="films per step instead of the recipe's")
    gate.add_argument("--size", type=_size, help="side of the square input, a multiple of 16")
    gate.add_argument("--drawings", type=_count, default=1800, help="pictures to draw (default: 1800)")
    gate.add_argument("--limit", type=_count, help="use only so many films of each role; for trials")

    gate_report = commands.add_parser("gate-report", help="measure the gate: the shares of films that it turns away")
    gate_report.set_defaults(command=_gate_report)
    gate_report.add_argument("--data", type=Path, required=True, help="folder with films of children; fold 0 is taken")
    gate_report.add_argument("--adults", type=Path, required=True, help="folder with adult films; tune rows are taken")
    gate_report.add_argument("--others", type=Path, required=True, help="folder with other pictures and manifest.csv")
    gate_report.add_argument(
        "--use",
        choices=("train", "report"),
        default="train",
        help="which of the other pictures; report is opened once, for the gate that ships",
    )
    gate_report.add_argument("--dicom", type=Path, help="folder of DICOM files that are no chest films")
    gate_report.add_argument("--lung-masks", type=Path, help="masks of some of the films of children, to cut by them")
    gate_report.add_argument("--model", type=Path, help="the gate's .onnx file (default: the bundled one)")
    gate_report.add_argument("--out", type=Path, required=True, help="the .md file to write")
    gate_report.add_argument("--sheet", type=Path, metavar="PNG", help="a contact sheet of what went wrong")

    compare = commands.add_parser("compare", help="finished runs beside each other: one table and one chart")
    compare.set_defaults(command=_compare)
    compare.add_argument("runs", type=Path, nargs="*", metavar="DIR", help="folder of a finished run")
    compare.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    compare.add_argument("--out", type=Path, required=True, help="folder for compare.md, compare.json and compare.png")
    compare.add_argument("--model", type=Path, action="append", default=[], help="an .onnx file to measure as well")
    compare.add_argument("--folds", type=_folds, metavar="N,N", help="folds that --model has not seen (default: 0)")
    compare.add_argument(
        "--not-measured", action="append", default=[], choices=sorted(RECIPES), help="a recipe that has no run here"
    )
    compare.add_argument("--readme", type=Path, help="a page whose marked table is replaced as well")
    return parser


def _fold_plan(text: str) -> FoldPlan:
    from training.films import FoldPlan

    try:
        report, choose = (int(part) for part in text.split(","))
        return FoldPlan(report=report, choose=choose)
    except ValueError:
        raise argparse.ArgumentTypeError("write two different folds, such as 2,3") from None


def _folds(text: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise argparse.ArgumentTypeError("write the numbers of folds, such as 0 or 0,1") from None


def _size(text: str) -> int:
    size = int(text) if text.isdecimal() else 0
    if not 32 <= size <= 1024:
        raise argparse.ArgumentTypeError("write a number of pixels from 32 to 1024")
    return size


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0.0 <= amount < math.inf:
        raise argparse.ArgumentTypeError("write a number of at least 0")
    return amount


def _share(text: str) -> float:
    share = _amount(text)
    if share >= 1.0:
        raise argparse.ArgumentTypeError("write a number from 0 to below 1")
    return share


def _count(text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if count < 1:
        raise argparse.ArgumentTypeError("write a number of at least 1")
    return count
