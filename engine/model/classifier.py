"""The only user of onnxruntime: a prepared film in, logits and heat out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engine.errors import ModelError

_INPUT, _OUTPUTS = "films", ("logits", "heat")


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of one film.

    Attributes:
        logits: (3,) float32: normal, bacterial, viral.
        heat: (rows, columns) float32 in 0..1, never rescaled per film.
    """

    logits: NDArray[np.float32]
    heat: NDArray[np.float32]


class Classifier:
    """A network ready to predict."""

    def __init__(self, model: bytes, *, size: int, classes: int, threads: int = 0) -> None:
        """Build the session.

        Args:
            model: The bytes of the model file.
            size: Side of the square input that its card states.
            classes: Number of classes that its card names.
            threads: Threads within one prediction; 0 lets the runtime choose.

        Raises:
            ModelError: The runtime refuses the model, or its outputs are not those of the design.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError("The model cannot be started on this PC. Install the model again.") from error
        inputs = {value.name: value.shape for value in self._session.get_inputs()}
        outputs = {value.name for value in self._session.get_outputs()}
        if not outputs.issuperset(_OUTPUTS) or inputs.get(_INPUT, [])[1:] != [1, size, size]:
            raise ModelError("The model's inputs or outputs do not match its card. Install the model again.")
        self._classes = classes

    def predict(self, tensor: NDArray[np.float32]) -> Prediction:
        """Predict one film. `tensor` is (1, 1, size, size). Raises ModelError where the network gives nonsense."""
        try:
            logits, heat = self._session.run(list(_OUTPUTS), {_INPUT: tensor})
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError("The model stopped while scoring. Install the model again.") from error
        if logits.shape != (1, self._classes) or not np.isfinite(logits).all() or not np.isfinite(heat).all():
            raise ModelError("The model gave no usable answer. Install the model again.")
        return Prediction(logits[0], np.clip(heat[0, 0], 0.0, 1.0))
