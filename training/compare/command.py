"""`mapafu-train compare`: from finished runs to one table and one chart."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from engine.errors import OutputError
from engine.model.pack import load_pack
from engine.version import __version__
from training.compare.chart import draw_comparison
from training.compare.measuring import THREADS, films_to_measure, measure_model, measure_run
from training.compare.readme import place_table
from training.compare.rows import Row, group_runs, label_run, pool
from training.compare.table import Comparison, markdown, terminal
from training.films import DataError, FoldPlan, LabelledFilm, read_manifest
from training.finished_run import FinishedRun, read_run
from training.json_file import write_json
from training.record import current_commit

SCHEMA_VERSION = 1


def compare(
    folders: Sequence[Path],
    *,
    data: Path,
    out: Path,
    command: str,
    models: Sequence[Path] = (),
    folds: tuple[int, ...] | None = None,
    not_measured: Sequence[str] = (),
    readme: Path | None = None,
) -> Comparison:
    """Measure finished runs, and model files, each on films it has not seen; write `compare.md`, `.json` and `.png`.

    Args:
        folders: Folders of finished runs; one named twice counts once.
        data: Folder with `manifest.csv`.
        out: The folder to write to; it is made where it is missing.
        command: The command line that asked for this; it stands in the JSON.
        models: Model files with their card.
        folds: Folds to measure the model files on, which they must not have learned from; None takes the one that
            recipes keep for reporting.
        not_measured: Recipes that get a row without figures.
        readme: A Markdown page; what stands between its two markers becomes the table.

    Raises:
        DataError: A run, a film or the page cannot be used.
        ModelError: A model file cannot be used.
        OutputError: The results cannot be written.
    """
    if not folders and not models:
        raise DataError("There is nothing to compare. Name folders of finished runs, or a model with --model.")
    runs = [read_run(folder) for folder in _once(folders)]
    both = sorted({run.recipe.name for run in runs} & set(not_measured))
    if both:
        raise DataError(
            f"There is a run of {', '.join(both)}. Leave it out of --not-measured, or leave out its folder."
        )
    for model in models:
        load_pack(model)
    if readme is not None:
        place_table(readme, "")
    films, models = read_manifest(data), _once(models)
    model_folds = folds or (FoldPlan().report,)
    needed = [fold for run in runs for fold in (run.recipe.folds.report, run.recipe.folds.choose)]
    for fold in [*needed, *(model_folds if models else ())]:
        films_to_measure(films, fold)
    _make_folder(out)
    rows = [_row_of_runs(group, films) for group in group_runs(runs)]
    rows += [_row_of_model(model, films, model_folds) for model in models]
    comparison = Comparison.of(rows, not_measured)
    _write(comparison, out=out, command=command, readme=readme)
    Console().print(terminal(comparison))
    return comparison


def _row_of_runs(runs: Sequence[FinishedRun], films: list[LabelledFilm]) -> Row:
    measured = [measure_run(run, films) for run in runs]
    return pool(
        label_run(runs[0]),
        [result for result, _ in measured],
        [cost for _, cost in measured],
        shipped=False,
        input_size=runs[0].recipe.input_spec.size,
        epochs=[run.epochs for run in runs],
        commands=[f"{run.command} (commit {run.commit})" for run in runs],
    )


def _row_of_model(model: Path, films: list[LabelledFilm], folds: tuple[int, ...]) -> Row:
    card = load_pack(model).card
    results, cost = measure_model(model, films, folds=folds)
    return pool(
        f"{card.model_id} {card.model_version}",
        results,
        [cost],
        shipped=True,
        input_size=card.input.size,
        epochs=(),
        commands=[f"{card.training.command} (commit {card.training.commit})"],
    )


def _once(paths: Sequence[Path]) -> list[Path]:
    return list({path.resolve(): path for path in reversed(paths)}.values())[::-1]


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {out} cannot be made. Choose another one with --out.") from error


def _write(comparison: Comparison, *, out: Path, command: str, readme: Path | None) -> None:
    table = markdown(comparison)
    found = {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "commit": current_commit(),
        "program_version": __version__,
        "threads": THREADS,
        **dataclasses.asdict(comparison),
    }
    try:
        _replace(out / "compare.md", table)
        write_json(found, out / "compare.json")
        partial = out / "compare.png.partial"
        draw_comparison(comparison, partial)
        partial.replace(out / "compare.png")
        if readme is not None:
            _replace(readme, place_table(readme, table))
    except OSError as error:
        raise OutputError(f"The table cannot be written to {out}. Free some space or choose another --out.") from error


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
