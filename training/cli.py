"""The command line of the training room: train a recipe, then export and measure the model."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from engine.errors import MapafuError

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def run(arguments: list[str] | None = None) -> int:
    """Parse the command line, do what it says, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except MapafuError as error:
        print(f"mapafu-train: {error.sentence}", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("mapafu-train: stopped; the same command goes on from the last epoch.", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    return EXIT_OK


def _run_recipe(options: argparse.Namespace) -> None:
    from training.fit import fit
    from training.recipes import RECIPES

    changes = {"epochs": options.epochs, "seed": options.seed}
    recipe = dataclasses.replace(
        RECIPES[options.recipe], **{name: value for name, value in changes.items() if value is not None}
    )
    fit(recipe, data=options.data, out=options.out, start_weights=options.start_weights, limit=options.limit)


def _export(options: argparse.Namespace) -> None:
    from training.export import export_model

    export_model(run=options.run, data=options.data, adults=options.adults, model=options.model)


def _parser() -> argparse.ArgumentParser:
    from training.recipes import RECIPES

    parser = argparse.ArgumentParser(
        prog="mapafu-train", description="Train, measure and export the model that Mapafu screens with."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("run", help="train a recipe; goes on from the last epoch where one was cut off")
    train.set_defaults(command=_run_recipe)
    train.add_argument("recipe", choices=sorted(RECIPES))
    train.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    train.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    train.add_argument("--start-weights", type=Path, help="ImageNet weights (.npz); without it, start from chance")
    train.add_argument("--epochs", type=int, help="train so many epochs instead of the recipe's")
    train.add_argument("--seed", type=int, help="another seed than the recipe's")
    train.add_argument("--limit", type=int, help="use only so many films; for trials")

    export = commands.add_parser("export", help="write the ONNX model with its card, measured on held-out patients")
    export.set_defaults(command=_export)
    export.add_argument("--run", type=Path, required=True, help="folder of a finished run")
    export.add_argument("--data", type=Path, required=True, help="folder with the films and manifest.csv")
    export.add_argument("--adults", type=Path, help="folder with radiologist-read adult films, to measure on too")
    export.add_argument("--model", type=Path, required=True, help="the .onnx file to write")
    return parser
