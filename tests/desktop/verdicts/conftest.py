"""A list whose films can really be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.reasons import Note, Reason
from engine.results.store import FILE_NAME, Store
from engine.screening.case import CaseResult, CaseStatus
from tests.builders import gradient, picture_bytes
from tests.desktop.verdicts.reading import PATIENCE, sit_down
from tests.engine.results.made_up import make_facts, make_run, make_scored, make_unscored

PROBABILITIES = (0.33, 0.97, 0.08, 0.71, 0.55)
REJECTED, FAILED = 5, 6


@pytest.fixture
def kept(own_home: Path, tmp_path: Path) -> list[CaseResult]:
    """Five scored films, found in this order; a side view; and a file that could not be read.

    The first film and the third are of one patient, the third two years older.
    """
    results = [make_scored(index, probability) for index, probability in enumerate(PROBABILITIES)]
    results.append(make_unscored(REJECTED, Reason.NOT_FRONTAL, CaseStatus.REJECTED))
    results.append(make_unscored(FAILED, Reason.CORRUPT_PIXELS))
    results[1] = replace(results[1], film_notes=(Note.AGE_OUTSIDE_TRAINING, Note.BURNED_IN_TEXT))
    for index, day in ((0, datetime(2026, 5, 6)), (2, datetime(2024, 3, 2))):
        facts = make_facts(acquired_at=day)
        results[index] = replace(results[index], facts=facts, patient_key="f" * 16)
    results = [_on_disk(result, tmp_path) for result in results]
    with Store(own_home / FILE_NAME) as store:
        session_id = store.sessions.start(make_run(), [tmp_path]).session_id
        store.results.add(session_id, results)
        store.sessions.end(session_id)
    return results


@pytest.fixture
def seated(reopened: MainWindow, qtbot: QtBot) -> MainWindow:
    """The list open, and AB reading."""
    qtbot.waitUntil(lambda: reopened.room.viewer.film.has_film, timeout=PATIENCE)
    sit_down(qtbot, reopened, "AB")
    return reopened


def _on_disk(result: CaseResult, folder: Path) -> CaseResult:
    path = folder / f"film-{result.index}.png"
    if result.status is not CaseStatus.FAILED:
        pixels = np.roll(gradient(160, 120), 10 * result.index, axis=1) * 255
        path.write_bytes(picture_bytes(pixels.astype(np.uint8), "PNG"))
    return replace(result, path=path, file=f"films/film-{result.index}.png")
