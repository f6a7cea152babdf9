from __future__ import annotations

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.classifier import Classifier
from engine.model.pack import bundled_model, read_model


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
