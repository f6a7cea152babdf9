from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from engine.films.radiograph import load_radiograph
from engine.model.pack import bundled_model, load_pack
from engine.model.preprocess import preprocess
from engine.screening.requests import ScoreRequest, ScorerSettings
from engine.screening.scorer import FilmScorer
from tests.training.conftest import SUBTYPES
from tests.training.evaluate.made_up import draw_film, write_manifest
from tests.training.runs import train
from training.compare.measuring import measure_model, measure_run
from training.films import LabelledFilm, read_manifest
from training.finished_run import load_run, read_run


@pytest.fixture(scope="module")
def finished(labelled_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("cnn", labelled_films, tmp_path_factory.mktemp("runs") / "cnn", "--folds", "2,3")


def logits(folder: Path, films: list[LabelledFilm]) -> torch.Tensor:
    """Each film by itself through the network of a run."""
    recipe, network = load_run(folder)
    tensors = [preprocess(load_radiograph(film.path).pixels, recipe.input_spec).tensor for film in films]
    with torch.no_grad():
        return torch.stack([network(torch.from_numpy(tensor))[0, :, 0, 0] for tensor in tensors]).double()


def odds(of: torch.Tensor) -> torch.Tensor:
    return torch.logsumexp(of[:, 1:], dim=1) - of[:, 0]


def test_a_run_is_measured_on_its_own_folds(finished: Path, labelled_films: Path) -> None:
    films = read_manifest(labelled_films)
    result, cost = measure_run(read_run(finished), films)
    reported = [film for film in films if film.fold == 2]
    said = logits(finished, reported)
    assert result.fold == 2
    assert result.outcomes.patients.tolist() == [film.patient for film in reported]
    assert result.outcomes.truth.tolist() == [film.label > 0 for film in reported]
    assert result.outcomes.scores == pytest.approx(odds(said).numpy(), abs=1e-4)
    labels = torch.tensor([film.label for film in reported])
    assert result.losses.mean() == pytest.approx(F.cross_entropy(said, labels).item(), abs=1e-4)
    assert cost.parameters == cost.learning == 16 * 10 + 32 * (16 * 9 + 1) + (32 * 64 + 1) * 64 + 65 * 3
    assert cost.size_bytes == (finished / "weights.pt").stat().st_size
    assert 0.0 < cost.milliseconds < 1000.0


def test_the_threshold_comes_from_the_choosing_fold(finished: Path, labelled_films: Path) -> None:
    """No other cut parts the choosing fold better, whatever the films reported on look like."""
    films = read_manifest(labelled_films)
    result, _ = measure_run(read_run(finished), films)
    chosen_on = [film for film in films if film.fold == 3]
    scores, ill = odds(logits(finished, chosen_on)).numpy(), np.array([film.label > 0 for film in chosen_on])

    def worse(threshold: float) -> float:
        return float(min((scores[ill] >= threshold).mean(), (scores[~ill] < threshold).mean()))

    assert worse(result.threshold) == max(worse(threshold) for threshold in [*scores, *(scores + 1e-6)])
    reported = [film for film in films if film.fold == 2]
    fewer = [film for film in films if film not in reported[:9]]
    assert measure_run(read_run(finished), fewer)[0].threshold == result.threshold


def test_a_shipped_model_says_what_the_program_says(tmp_path: Path) -> None:
    rows = [
        {
            "file": draw_film(tmp_path / f"{number}.png", number).name,
            "split": "train",
            "subtype": SUBTYPES[number % 3],
            "patient": number,
            "fold": number // 3 * 4,
        }
        for number in range(6)
    ]
    films = read_manifest(write_manifest(tmp_path, rows))
    (first, second), cost = measure_model(bundled_model(), films, folds=(0, 4))
    pack = load_pack()
    scorer = FilmScorer(ScorerSettings(model=pack.path, model_sha256=pack.sha256))
    for result in (first, second):
        reported = [film for film in films if film.fold == result.fold]
        cases = [scorer.answer(ScoreRequest(n, film.path.name, film.path)) for n, film in enumerate(reported)]
        assert result.outcomes.scores == pytest.approx([case.score.probability for case in cases if case.score])
    assert first.threshold == pack.card.points("balanced").unknown.threshold
    assert cost.size_bytes == bundled_model().stat().st_size
    assert cost.learning is None
    assert cost.parameters == pytest.approx(cost.size_bytes / 4, rel=0.05)
