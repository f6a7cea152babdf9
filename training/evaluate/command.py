"""`mapafu-train evaluate`: from a model and a folder of known films to a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from engine.errors import OutputError
from engine.model.pack import read_model
from training.evaluate.evaluation import POINT, Evaluation, all_points, evaluate_scores
from training.evaluate.gallery import shelve
from training.evaluate.page import build_page
from training.evaluate.reading import read_film_set
from training.evaluate.scoring import score_films
from training.json_file import write_json
from training.statistics import RESAMPLES


def evaluate_model(
    *,
    model: Path,
    data: Path,
    out: Path,
    command: str,
    folds: Sequence[int] | None = None,
    use: str | None = None,
    resamples: int = RESAMPLES,
    with_films: bool = True,
) -> Evaluation:
    """Measure a model on known films and write `evaluate.html` and `evaluate.json` into `out`.

    Args:
        model: The model file, with its card inside.
        data: The folder with the films, as `training.evaluate.reading` wants it.
        out: The folder to write to; it is made where it is missing.
        command: The command line that asked for this; it stands in the report.
        folds: Patient folds of split `train`, for data sets that have folds.
        use: Rows of a manifest of radiologist-read films.
        resamples: Number of bootstrap draws, at least 1.
        with_films: Show small copies of films, the wrong calls first; leave them out of a report that is handed on.

    Raises:
        DataError: The films cannot be measured on.
        ModelError: The model cannot be used.
        OutputError: The report cannot be written.
    """
    _, pack = read_model(model)
    points = pack.card.points(POINT)
    films = read_film_set(data, folds=folds, use=use)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {out} cannot be made. Choose another one with --out.") from error
    scored = score_films(films, pack, points)
    evaluation, questions = evaluate_scores(films, scored, pack, command=command, resamples=resamples)
    shelves = shelve(scored.films, films.finding) if with_films else ()
    page = build_page(evaluation, questions, all_points(pack.card), shelves)
    try:
        page.write(out / "evaluate.html")
        write_json(dataclasses.asdict(evaluation), out / "evaluate.json")
    except OSError as error:
        raise OutputError(f"The report cannot be written to {out}. Free some space or choose another --out.") from error
    return evaluation
