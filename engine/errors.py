"""The errors a person may meet. Each holds one sentence that says what to do next, and a stable code."""

from engine.reasons import Reason


class MapafuError(Exception):
    """Base of every error that is shown to a person. All of them can travel between processes.

    Attributes:
        code: Stable English snake_case code.
        sentence: What happened and what to do next.
    """

    code = "failed"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class FilmError(MapafuError):
    """A film that gets no score. Its code is that of its reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.args = (reason,)
        self.reason = reason
        self.code = reason.value

    def __str__(self) -> str:
        return self.sentence


class FilmFailedError(FilmError):
    """The file could not be read as a picture."""


class FilmRejectedError(FilmError):
    """The picture was read but must not be scored."""


class NotDicomError(MapafuError):
    """A file of which no anonymised DICOM copy can be made."""

    code = "not_dicom"

    def __init__(self) -> None:
        super().__init__("This is no DICOM file, so no copy was made. Check a picture by eye before you hand it on.")
        self.args = ()


class ModelError(MapafuError):
    """The model cannot be used."""

    code = "model_unusable"


class OutputError(MapafuError):
    """A result could not be written."""

    code = "output_failed"


class StoreError(MapafuError):
    """What is kept of results and verdicts cannot be read or added to."""

    code = "store_failed"


class StoreBusyError(StoreError):
    """Another program has been writing to the store for too long."""

    code = "store_busy"


class StoreDamagedError(StoreError):
    """The store's file is damaged."""

    code = "store_damaged"


class LabelsError(MapafuError):
    """A table of labels cannot be used."""

    code = "labels_unusable"
