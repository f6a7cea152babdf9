from __future__ import annotations

import pickle

import pytest

from engine.errors import (
    FilmFailedError,
    FilmRejectedError,
    LabelsError,
    MapafuError,
    ModelError,
    OutputError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
)
from engine.reasons import Note, Reason


@pytest.mark.parametrize(
    "error",
    [
        FilmFailedError(Reason.EMPTY_FILE),
        FilmRejectedError(Reason.BLANK),
        ModelError("No model. Install one."),
        OutputError("No space. Free some."),
        StoreError("No space. Free some."),
        StoreBusyError("Busy. Wait."),
        StoreDamagedError("Damaged. Move it away."),
        LabelsError("No label. Add one."),
    ],
)
def test_errors_travel_between_processes(error: MapafuError) -> None:
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is type(error)
    assert (twin.code, twin.sentence, str(twin)) == (error.code, error.sentence, error.sentence)


@pytest.mark.parametrize("word", [*Reason, *Note])
def test_every_code_has_a_sentence_for_a_person(word: Reason | Note) -> None:
    assert word.sentence.endswith(".")
    assert word.value not in word.sentence
