"""The commands of the training room and their options."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from training import commands

if TYPE_CHECKING:
    from training.films import FoldPlan


def make_parser() -> argparse.ArgumentParser:
    """Every command with its options; `command` is what does it, `stopped` what Ctrl-C leaves behind."""
    from training.recipes import RECIPES, Optimiser

    parser = argparse.ArgumentParser(
        prog="mapafu-train", description="Train, measure and export the model that Mapafu screens with."
    )
    parser.set_defaults(stopped="nothing was written")
    parts = parser.add_subparsers(required=True, metavar="COMMAND")

    explore = parts.add_parser("explore", help="look at the films before training: one HTML report with pictures")
    explore.set_defaults(command=commands.explore_films)
    explore.add_argument("data", type=Path, help="folder with manifest.csv, or with SPLIT/CLASS/FILM; or the manifest")
    explore.add_argument("--out", type=Path, required=True, help="folder for explore.html")
    explore.add_argument("--label", metavar="COLUMN", help="column of the class (default: label, else subtype)")
    explore.add_argument("--split", metavar="COLUMN", help="column of the split (default: split, where there is one)")

    train = parts.add_parser("run", help="train a recipe; goes on from the last epoch where one was cut off")
    train.set_defaults(command=commands.run_recipe, stopped="the same command goes on from the last epoch")
    train.add_argument("recipe", choices=sorted(RECIPES))
    train.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    train.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    train.add_argument("--resume", action="store_true", help="go on with the run in OUT, and begin none")
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

    sweep = parts.add_parser("sweep", help="search better settings of a recipe; goes on where it was cut off")
    sweep.set_defaults(command=commands.sweep_recipe, stopped="what was done is kept, and the same command goes on")
    sweep.add_argument("recipe", choices=sorted(name for name, recipe in RECIPES.items() if recipe.mix is None))
    sweep.add_argument("--data", type=Path, required=True, help="folder with the films")
    sweep.add_argument("--out", type=Path, required=True, help="folder for the study, its reports and the trials")
    sweep.add_argument("--trials", type=_count, required=True, help="trials in all, those of an earlier call included")
    sweep.add_argument("--start-weights", type=Path, help="weights that each trial starts from")
    sweep.add_argument("--epochs", type=_count, help="epochs of a trial instead of the recipe's")
    sweep.add_argument("--limit", type=_count, help="use only so many films")
    sweep.add_argument("--timeout", type=_amount, metavar="MINUTES", help="begin no trial after so many minutes")

    export = parts.add_parser("export", help="write the ONNX model with its card, measured on held-out patients")
    export.set_defaults(command=commands.export_run)
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

    export.add_argument("--ungated", action="store_true", help="measure the films that the gate turns away as well")

    evaluate = parts.add_parser("evaluate", help="measure a model on films whose truth is known, as HTML and JSON")
    evaluate.set_defaults(command=commands.evaluate_one)
    evaluate.add_argument("--model", type=Path, required=True, help="the .onnx file to measure")
    evaluate.add_argument("--data", type=Path, required=True, help="folder with manifest.csv, or with split/CLASS/*")
    evaluate.add_argument("--out", type=Path, required=True, help="folder for evaluate.html and evaluate.json")
    evaluate.add_argument("--folds", type=_folds, metavar="N,N", help="patient folds to measure on (default: 0)")
    evaluate.add_argument("--use", help="rows of radiologist-read films: tune (the default) or report")
    evaluate.add_argument(
        "--without-films", dest="with_films", action="store_false", help="show no films, for a report to hand on"
    )
    evaluate.add_argument("--resamples", type=_count, default=2000, help="bootstrap draws (default: 2000)")

    card = parts.add_parser("card", help="write a model's card as a page of Markdown")
    card.set_defaults(command=commands.write_card)
    card.add_argument("--model", type=Path, required=True, help="the .onnx file")
    card.add_argument("--out", type=Path, required=True, help="the .md file to write")

    key = parts.add_parser("new-key", help="make a pair of keys for signing packs")
    key.set_defaults(command=commands.make_key)
    key.add_argument("--out", type=Path, required=True, help="the private key to write; NAME.pub goes beside it")

    pack = parts.add_parser("pack", help="make a signed pack (.mapafu) of a model, to install from a memory stick")
    pack.set_defaults(command=commands.make_pack)
    pack.add_argument("--model", type=Path, required=True, help="the .onnx file")
    pack.add_argument("--key", type=Path, help="the private key to sign with; without one the pack is unsigned")
    pack.add_argument("--out", type=Path, required=True, help="the .mapafu file to write")

    expect = parts.add_parser("expect", help="write what the self-test expects of the bundled model")
    expect.set_defaults(command=commands.write_expectations)
    expect.add_argument("--out", type=Path, required=True, help="the .json file to write")

    gate = parts.add_parser("gate", help="train the network that tells frontal chest films from everything else")
    gate.set_defaults(command=commands.train_the_gate, stopped="the same command goes on from the last epoch")
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

    gate_report = parts.add_parser("gate-report", help="measure the gate: the shares of films that it turns away")
    gate_report.set_defaults(command=commands.report_on_gate)
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

    compare = parts.add_parser("compare", help="finished runs beside each other: one table and one chart")
    compare.set_defaults(command=commands.compare_runs)
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
