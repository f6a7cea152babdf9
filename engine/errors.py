"""The errors a person may meet. Each holds one sentence that says what to do next, and a stable code."""

from engine.reasons import Reason


class MapafuError(Exception):
    """Base of every error that is shown to a person.

    Attributes:
        code: Stable English snake_case code.
        sentence: What happened and what to do next, in one sentence.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class FilmError(MapafuError):
    """A film that gets no score."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value, reason.sentence)
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[Reason]]:
        return type(self), (self.reason,)


class FilmFailedError(FilmError):
    """The file could not be read as a picture."""


class FilmRejectedError(FilmError):
    """The picture was read but must not be scored."""


class ModelError(MapafuError):
    """The model cannot be used."""

    def __init__(self, sentence: str) -> None:
        super().__init__("model_unusable", sentence)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.sentence,)


class OutputError(MapafuError):
    """A result could not be written."""

    def __init__(self, sentence: str) -> None:
        super().__init__("output_failed", sentence)
