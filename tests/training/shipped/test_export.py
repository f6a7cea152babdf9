"""From a run of the recipe that ships to a model that the engine takes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from engine.model.classifier import Classifier
from engine.model.likeness import ood_score
from engine.model.pack import read_model
from training.augment import NO_AUGMENTATION
from training.cli import run
from training.export.onnx_export import export_network
from training.export.perturbations import PERTURBATIONS
from training.export.words import UNGATED
from training.fit import fit
from training.networks import HeatScale
from training.recipes import LUNGS, MAPAFU, Mix
from training.shipped import preparation
from training.shipped.exported import OUTPUTS, ExportedReading, fit_whitening
from training.shipped.network import HEAT_SHARE, ReadingNetwork, pneumonia_log_odds

# torch's own exporter trips over a renamed class of its own.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning", "ignore::DeprecationWarning:torch.*")


def test_features_are_whitened_for_films_like_the_training_films() -> None:
    chance = np.random.default_rng(1)
    mixing = chance.normal(size=(12, 12))
    films, more, strange = (chance.normal(size=(500, 12)) @ mixing + 3.0 + shift for shift in (0.0, 0.0, 6.0))
    whitening = fit_whitening(films, np.ones(len(films)))
    scores = [
        np.mean([ood_score(((row - whitening.mean) @ whitening.directions).astype(np.float32)) for row in part])
        for part in (films, more, strange)
    ]
    assert scores[0] == pytest.approx(1.0, abs=1e-3)
    assert scores[1] == pytest.approx(1.0, abs=0.1)
    assert scores[2] > 2.0


def test_rare_films_count_as_much_as_their_weight() -> None:
    chance = np.random.default_rng(2)
    many, few = chance.normal(size=(900, 4)), chance.normal(size=(100, 4)) + 10.0
    weights = np.concatenate([np.full(900, 1 / 900), np.full(100, 1 / 100)])
    assert fit_whitening(np.concatenate([many, few]), weights).mean == pytest.approx(5.0, abs=0.3)


def test_the_one_file_says_what_torch_says() -> None:
    torch.manual_seed(3)
    network = ReadingNetwork(classes=3, findings=14, dropout=0.2)
    with torch.no_grad():
        network.train()(torch.rand(4, 1, 64, 64))  # gives the normalisation layers figures of their own
    chance = np.random.default_rng(4)
    whitening = fit_whitening(chance.normal(size=(200, 1280)), np.ones(200))
    exported = ExportedReading(network, HeatScale(-1.0, 0.7), whitening).eval()
    session = onnxruntime.InferenceSession(
        export_network(exported, OUTPUTS, size=64), providers=["CPUExecutionProvider"]
    )
    films = torch.rand(3, 1, 64, 64)
    with torch.no_grad():
        expected = exported(films)
    for name, found, wanted in zip(
        OUTPUTS, session.run(list(OUTPUTS), {"films": films.numpy()}), expected, strict=True
    ):
        assert found.shape == wanted.shape, name
        assert np.abs(found - wanted.numpy()).max() < 1e-3 * max(1.0, float(wanted.abs().max())), name


def test_the_pooled_heat_counts_in_the_odds_of_pneumonia_and_not_between_its_kinds() -> None:
    torch.manual_seed(5)
    network = ReadingNetwork(classes=3, findings=14, dropout=0.2).eval()
    whitening = fit_whitening(np.random.default_rng(4).normal(size=(200, 1280)), np.ones(200))
    exported = ExportedReading(network, HeatScale(-1.0, 0.7), whitening).eval()
    films = torch.rand(3, 1, 64, 64)
    with torch.no_grad():
        reading, (logits, *_) = network(films), exported(films)
    added = pneumonia_log_odds(logits) - pneumonia_log_odds(reading.logits)
    assert added.numpy() == pytest.approx(HEAT_SHARE * reading.pooled_heat.numpy(), abs=1e-4)
    assert reading.pooled_heat.abs().min() > 0.1
    assert torch.allclose(logits[:, 1] - logits[:, 2], reading.logits[:, 1] - reading.logits[:, 2], atol=1e-4)


def test_from_a_run_to_a_model_for_children_and_adults(
    labelled_films: Path, adult_films: Path, lung_masks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = dataclasses.replace(LUNGS.input_spec, size=32)
    monkeypatch.setattr(preparation, "LUNGS", dataclasses.replace(LUNGS, epochs=1, batch_size=12, input_spec=spec))
    recipe = dataclasses.replace(
        MAPAFU,
        epochs=3,
        batch_size=12,
        learning_rate=2e-3,
        ema=0.0,
        augmentation=NO_AUGMENTATION,
        mix=Mix(adults=4, drawn=0),
    )
    fit(
        recipe,
        data=labelled_films,
        adults=adult_films,
        lung_masks=lung_masks,
        out=tmp_path / "run",
        start_weights=None,
        limit=None,
    )
    arguments = ["export", "--run", str(tmp_path / "run"), "--data", str(labelled_films)]
    arguments += ["--adults", str(adult_films), "--adult-use", "report", "--ungated"]
    assert run([*arguments, "--model", str(tmp_path / "model.onnx")]) == 0
    data, pack = read_model(tmp_path / "model.onnx")
    card = pack.card
    assert [population.films for population in card.populations] == [54, 23]  # one of the 24 is no adult
    of_ages = {(row.role, row.age_from_years): row.films for row in card.ages}
    assert of_ages == {
        ("training", 1): 54,
        ("held out", 1): 18,
        ("training (weak labels)", 6): 1,
        ("training (weak labels)", 40): 23,
        ("read by radiologists (report)", 40): 11,
    }
    assert card.known_failures[0] == UNGATED
    assert any("the part kept for reporting" in failure for failure in card.known_failures)
    for point in card.operating_points:
        assert point.perturbed is not None
        assert point.perturbed.worst in PERTURBATIONS
    assert card.ood_limit is not None
    prediction = Classifier(data, size=224, classes=3, needs_embedding=True).predict(
        np.zeros((1, 1, 224, 224), dtype=np.float32)
    )
    assert prediction.lungs is not None
    assert prediction.lungs.shape == (28, 28)
    assert prediction.heat.shape == (14, 14)


def test_a_model_of_adults_is_not_exported_without_their_films(
    tmp_path: Path, labelled_films: Path, adult_films: Path, lung_masks: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    spec = dataclasses.replace(LUNGS.input_spec, size=32)
    monkeypatch.setattr(preparation, "LUNGS", dataclasses.replace(LUNGS, epochs=1, batch_size=12, input_spec=spec))
    small = dataclasses.replace(MAPAFU.input_spec, size=64)
    recipe = dataclasses.replace(MAPAFU, epochs=1, batch_size=12, input_spec=small, mix=Mix(adults=6, drawn=4))
    out = tmp_path / "run"
    fit(recipe, data=labelled_films, adults=adult_films, lung_masks=lung_masks, out=out, start_weights=None, limit=None)
    assert run(["export", "--run", str(out), "--data", str(labelled_films), "--model", str(tmp_path / "m.onnx")]) == 1
    assert "Name their films: --adults" in capsys.readouterr().err
