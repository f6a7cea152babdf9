"""The only user of onnxruntime: a network that is ready to answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engine.errors import ModelError

_INPUT = "films"


class Session:
    """A network that takes `films` (B, 1, S, S) and is asked for one film at a time.

    Attributes:
        outputs: The names of what it can give.
    """

    def __init__(self, model: bytes, *, size: int, threads: int = 0) -> None:
        """Start the runtime.

        Args:
            model: The bytes of an ONNX file.
            size: Side of the square input that the network's card states.
            threads: Threads within one prediction; 0 lets the runtime choose.

        Raises:
            ModelError: The runtime refuses the network, or its input is not that of its card.
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
        if inputs.get(_INPUT, [])[1:] != [1, size, size]:
            raise ModelError("The model's inputs do not match its card. Install the model again.")
        self.outputs = frozenset(value.name for value in self._session.get_outputs())

    def run(self, tensor: NDArray[np.float32], names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """What the network says of one film, by name. `tensor` is (1, 1, S, S).

        Raises:
            ModelError: The network stops, or an answer is empty or no number.
        """
        try:
            values = self._session.run(list(names), {_INPUT: tensor})
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError("The model stopped while scoring. Install the model again.") from error
        if not all(value.size > 0 and np.isfinite(value).all() for value in values):
            raise ModelError("The model gave no usable answer. Install the model again.")
        return dict(zip(names, values, strict=True))
