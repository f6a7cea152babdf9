"""The model: a prepared film in, and out what its network says of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.model.session import Session

_LOGITS, _HEAT, _LUNGS, _EMBEDDING = "logits", "heat", "lungs", "embedding"
_NEEDED, _OPTIONAL = (_LOGITS, _HEAT), (_LUNGS, _EMBEDDING)
_SMALLEST_LUNGS = 28

_Output = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of one film.

    Attributes:
        logits: (3,) float32: normal, bacterial, viral.
        heat: (rows, columns) float32 in 0..1, never rescaled per film.
        lungs: (H, W) float32, probability of lung, 0..1, at least 28 x 28; None where the network has no such output.
        embedding: (D,) float32, whitened features of the film; None where the network has no such output.
    """

    logits: NDArray[np.float32]
    heat: NDArray[np.float32]
    lungs: NDArray[np.float32] | None = None
    embedding: NDArray[np.float32] | None = None


class Classifier:
    """A network ready to predict."""

    def __init__(
        self, model: bytes, *, size: int, classes: int, needs_embedding: bool = False, threads: int = 0
    ) -> None:
        """Build the session.

        Args:
            model: The bytes of the model file.
            size: Side of the square input that its card states.
            classes: Number of classes that its card names.
            needs_embedding: Whether the card has an out-of-distribution limit, which the embedding is held against.
            threads: Threads within one prediction; 0 lets the runtime choose.

        Raises:
            ModelError: The runtime refuses the model, or its outputs are not those of the design.
        """
        self._session = Session(model, size=size, threads=threads)
        outputs = self._session.outputs
        needed = {*_NEEDED, _EMBEDDING} if needs_embedding else {*_NEEDED}
        if not outputs.issuperset(needed):
            raise ModelError("The model's outputs do not match its card. Install the model again.")
        self._outputs = [*_NEEDED, *(name for name in _OPTIONAL if name in outputs)]
        self._classes = classes

    def predict(self, tensor: NDArray[np.float32]) -> Prediction:
        """Predict one film. `tensor` is (1, 1, size, size). Raises ModelError where the network gives nonsense."""
        answer = self._session.run(tensor, self._outputs)
        if not all(self._usable(name, value) for name, value in answer.items()):
            raise ModelError("The model gave no usable answer. Install the model again.")
        lungs, embedding = answer.get(_LUNGS), answer.get(_EMBEDDING)
        return Prediction(
            logits=answer[_LOGITS][0],
            heat=np.clip(answer[_HEAT][0, 0], 0.0, 1.0),
            lungs=None if lungs is None else np.clip(lungs[0, 0], 0.0, 1.0),
            embedding=None if embedding is None else embedding[0],
        )

    def _usable(self, name: str, value: _Output) -> bool:
        if name == _LOGITS:
            fits = value.shape == (1, self._classes)
        elif name == _EMBEDDING:
            fits = value.ndim == 2 and len(value) == 1
        else:
            smallest = _SMALLEST_LUNGS if name == _LUNGS else 1
            fits = value.ndim == 4 and value.shape[:2] == (1, 1) and min(value.shape[2:]) >= smallest
        return fits
