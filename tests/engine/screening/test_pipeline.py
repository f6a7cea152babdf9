from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import ModelError
from engine.films.discovery import discover
from engine.model.pack import load_pack
from engine.reasons import Note, Reason
from engine.screening.case import Band, CaseStatus
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings
from engine.screening.worker import Limits
from tests.builders import phantom, write_dicom
from tests.engine.screening.planted import make_planted_scorer
from tests.programs import reading_processes

TWELVE = np.round(phantom(340, 300) * 4095).astype(np.uint16)


def settings(**changes: Any) -> ScorerSettings:
    pack = load_pack()
    return ScorerSettings(**{"model": pack.path, "model_sha256": pack.sha256, "threads": 1, **changes})


def test_samples_are_scored_and_the_rest_has_reasons(samples: Path) -> None:
    results = list(screen(discover([samples]), settings()))
    assert [result.index for result in results] == list(range(len(results)))
    scored = [result for result in results if result.status is CaseStatus.SCORED]
    assert len(scored) == 12
    assert {result.reason for result in results} == {None, Reason.NOT_A_CHEST_FILM, Reason.NOT_AN_IMAGE}
    point = load_pack().card.points().unknown
    for result in scored:
        assert result.score is not None
        assert 0.0 <= result.score.probability <= 1.0
        assert result.score.band is Band.of(result.score.probability, point)
        assert result.score.p_bacterial + result.score.p_viral == pytest.approx(1.0)
        assert result.score.heat.grid.shape[0] >= 14
        assert result.sha256
        assert result.latency_ms is not None
        assert result.processed_at is not None
        assert result.processed_at.tzinfo is not None


def test_the_same_film_gets_the_same_score_alone_and_in_company(samples: Path) -> None:
    files = discover([samples])
    together = {result.file: result.score for result in screen(files, settings())}
    last = next(file for file in reversed(files) if together[file.file] is not None)
    (alone,) = screen([last], settings())
    assert alone.score is not None
    assert together[last.file] is not None
    assert alone.score.probability == together[last.file].probability  # type: ignore[union-attr]


def test_ages_become_notes(tmp_path: Path) -> None:
    for name, age in (("a", "003Y"), ("b", "045Y"), ("c", None), ("d", "006M"), ("e", "009Y")):
        write_dicom(tmp_path / name, TWELVE, BitsStored=12, HighBit=11, **({"PatientAge": age} if age else {}))
    notes = [result.notes for result in screen(discover([tmp_path]), settings())]
    outside = (Note.AGE_OUTSIDE_TRAINING,)
    assert notes == [(), (), (Note.AGE_UNKNOWN,), outside, outside]
    notes = [result.notes for result in screen(discover([tmp_path]), settings(default_age=4))]
    assert notes == [(), (), (), outside, outside]


def test_a_patient_has_one_key_and_no_name(tmp_path: Path) -> None:
    for name, patient in (("a", "K-17"), ("b", "K-17"), ("c", "K-18")):
        write_dicom(tmp_path / name, TWELVE, PatientID=patient)
    first, second, third = screen(discover([tmp_path]), settings(secret=b"s" * 32))
    assert first.patient_key == second.patient_key != third.patient_key
    assert "K-17" not in repr(first)


def test_bad_files_are_rows_between_good_ones(samples: Path, tmp_path: Path) -> None:
    good = samples / "phantom-01.jpg"
    shutil.copy(good, tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(good.read_bytes()[:5000])
    (tmp_path / "c.jpg").write_bytes(b"")
    write_dicom(tmp_path / "d.dcm", None)
    write_dicom(tmp_path / "e.dcm", TWELVE, Modality="CT")
    Image.new("L", (500, 500), 90).save(tmp_path / "f.png")
    Image.new("L", (40, 500), 90).save(tmp_path / "g.png")
    shutil.copy(good, tmp_path / "h.jpg")
    results = list(screen(discover([tmp_path, tmp_path / "gone"]), settings()))
    assert [result.reason for result in results] == [
        None,
        Reason.CORRUPT_PIXELS,
        Reason.EMPTY_FILE,
        Reason.NO_PIXELS,
        Reason.WRONG_MODALITY,
        Reason.BLANK,
        Reason.TOO_SMALL,
        None,
        Reason.NOT_FOUND,
    ]
    assert [result.status.value[0] for result in results] == list("sfffrrrsf")


def test_a_file_that_vanishes_is_a_row(samples: Path, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        shutil.copy(samples / "phantom-01.jpg", tmp_path / name)
    reasons = []
    for result in screen(discover([tmp_path]), settings()):
        (tmp_path / "b.jpg").unlink(missing_ok=True)
        reasons.append(result.reason)
    assert reasons == [None, Reason.NOT_FOUND, None]


def test_a_child_killed_between_films_costs_no_row(samples: Path, tmp_path: Path) -> None:
    for number in range(4):
        shutil.copy(samples / "phantom-01.jpg", tmp_path / f"{number}.jpg")
    reasons = []
    for result in screen(discover([tmp_path]), settings()):
        if result.index == 0:
            (child,) = reading_processes()
            child.kill()
        reasons.append(result.reason)
    assert reasons == [None] * 4


MISDEEDS = {
    "abort": Reason.READER_CRASHED,
    "kill": Reason.READER_CRASHED,
    "leave": Reason.READER_CRASHED,
    "hang": Reason.TIMED_OUT,
    "hang_in_c": Reason.TIMED_OUT,
    "eat": Reason.TOO_LARGE,
    "babble": None,
}


def test_each_bad_decoder_costs_its_own_row(samples: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for misdeed in MISDEEDS:
        for name in (misdeed, f"{misdeed} before, a good film"):
            shutil.copy(samples / "phantom-01.jpg", films / f"{name}.jpg")
    limits = Limits(seconds=4.0, memory_bytes=512 * 1024**2)
    results = list(screen(discover([films]), settings(), limits=limits, service=make_planted_scorer))
    assert [result.index for result in results] == list(range(2 * len(MISDEEDS)))
    assert {result.path.stem: result.reason for result in results if "good" not in result.path.stem} == MISDEEDS
    assert {result.reason for result in results if "good" in result.path.stem} == {None}
    assert len({result.score.probability for result in results if result.score is not None}) == 1
    assert capfd.readouterr() == ("", "")
    children = Counter(line.split()[0] for line in (tmp_path / "readers.txt").read_text(encoding="utf-8").splitlines())
    assert max(children.values()) <= 2
    assert not reading_processes()


def test_a_batch_of_nothing_but_killers_ends(samples: Path, tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for number in range(6):
        shutil.copy(samples / "phantom-01.jpg", films / f"abort.{number}.jpg")
    results = list(screen(discover([films]), settings(), service=make_planted_scorer))
    assert [result.reason for result in results] == [Reason.READER_CRASHED] * 6
    children = [line.split()[1] for line in (tmp_path / "readers.txt").read_text(encoding="utf-8").splitlines()]
    assert len(children) == len(set(children)) == 6


def test_stopping_ends_the_run_and_the_child(samples: Path) -> None:
    seen = []
    for result in screen(discover([samples]), settings(), should_stop=lambda: len(seen) >= 3):
        seen.append(result)
    assert len(seen) == 3
    assert not reading_processes()


def test_a_model_changed_in_use_is_refused(samples: Path) -> None:
    with pytest.raises(ModelError):
        list(screen(discover([samples]), settings(model_sha256="0" * 64)))


def test_a_run_names_its_model() -> None:
    pack = load_pack()
    first, second = start_run(pack), start_run(pack)
    assert first.run_id != second.run_id
    assert first.model_sha256 == pack.sha256
