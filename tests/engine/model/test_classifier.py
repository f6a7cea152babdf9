from __future__ import annotations

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.classifier import Classifier
from engine.model.pack import bundled_model, read_model
from tests.engine.model.models import SIZE, tiny_network

FILM = np.zeros((1, 1, SIZE, SIZE), dtype=np.float32)
LOGITS, HEAT, LUNGS = np.array([0.0, 1.0, 2.0]), np.full((2, 3), 0.25), np.full((28, 30), 0.75)
EMBEDDING = np.array([0.5, -2.0, 1.5, 0.0, 1.0])
FULL = {"logits": LOGITS, "heat": HEAT, "lungs": LUNGS, "embedding": EMBEDDING}


@pytest.fixture(scope="module")
def model() -> bytes:
    return read_model(bundled_model())[0]


def test_a_prediction_has_the_shapes_of_the_design(model: bytes) -> None:
    classifier = Classifier(model, size=224, classes=3, threads=1)
    prediction = classifier.predict(np.zeros((1, 1, 224, 224), dtype=np.float32))
    assert prediction.logits.shape == (3,)
    assert prediction.heat.shape[0] >= 14
    assert prediction.heat.shape[1] >= 14
    assert prediction.heat.min() >= 0.0
    assert prediction.heat.max() <= 1.0
    assert prediction.lungs is not None
    assert min(prediction.lungs.shape) >= 28
    assert 0.0 <= prediction.lungs.min() <= prediction.lungs.max() <= 1.0
    assert prediction.embedding is not None
    assert prediction.embedding.ndim == 1


def test_nonsense_is_refused(model: bytes) -> None:
    classifier = Classifier(model, size=224, classes=3)
    with pytest.raises(ModelError):
        classifier.predict(np.full((1, 1, 224, 224), np.nan, dtype=np.float32))


@pytest.mark.parametrize(("size", "classes"), [(320, 3), (224, 2)])
def test_a_model_that_is_not_as_its_card_says(model: bytes, size: int, classes: int) -> None:
    with pytest.raises(ModelError):
        Classifier(model, size=size, classes=classes).predict(np.zeros((1, 1, size, size), dtype=np.float32))


def test_a_runtime_that_refuses_the_model() -> None:
    with pytest.raises(ModelError):
        Classifier(b"\x08\x08", size=224, classes=3)


def test_lungs_and_embedding_come_along_where_the_network_has_them() -> None:
    prediction = Classifier(tiny_network(FULL), size=SIZE, classes=3, needs_embedding=True).predict(FILM)
    assert prediction.logits == pytest.approx(LOGITS)
    assert prediction.heat == pytest.approx(HEAT)
    assert prediction.lungs == pytest.approx(LUNGS)
    assert prediction.embedding == pytest.approx(EMBEDDING)


@pytest.mark.parametrize("name", ["heat", "lungs"])
def test_pictures_stay_within_0_and_1(name: str) -> None:
    beyond = FULL[name] * 2 + np.linspace(-3, 3, FULL[name].size).reshape(FULL[name].shape)
    prediction = Classifier(tiny_network({**FULL, name: beyond}), size=SIZE, classes=3).predict(FILM)
    assert getattr(prediction, name) == pytest.approx(np.clip(beyond, 0.0, 1.0), abs=1e-6)


@pytest.mark.parametrize("name", list(FULL))
def test_an_output_that_is_no_number_is_refused(name: str) -> None:
    broken = FULL[name].copy()
    broken.flat[0] = np.nan
    with pytest.raises(ModelError, match="no usable answer"):
        Classifier(tiny_network({**FULL, name: broken}), size=SIZE, classes=3).predict(FILM)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("logits", np.zeros((1, 3))),
        ("heat", np.zeros(9)),
        ("lungs", np.zeros(28 * 28)),
        ("lungs", np.zeros((27, 28))),
        ("embedding", np.zeros((1, 4))),
    ],
)
def test_an_output_of_another_shape_is_refused(name: str, value: np.ndarray) -> None:
    with pytest.raises(ModelError, match="no usable answer"):
        Classifier(tiny_network({**FULL, name: value}), size=SIZE, classes=3).predict(FILM)


def test_a_limit_needs_an_embedding_to_hold_against_it() -> None:
    network = tiny_network({"logits": LOGITS, "heat": HEAT, "lungs": LUNGS})
    Classifier(network, size=SIZE, classes=3)
    with pytest.raises(ModelError, match="do not match its card"):
        Classifier(network, size=SIZE, classes=3, needs_embedding=True)
