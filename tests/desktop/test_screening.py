import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.keeper import Keeper
from desktop.pace import Progress
from desktop.screening import Screening
from engine.model.pack import ModelPack
from engine.screening.case import CaseResult
from tests.programs import reading_processes


class _Listener:
    """Writes down what a screening says."""

    def __init__(self, screening: Screening) -> None:
        self.results: list[CaseResult] = []
        self.progress: list[Progress] = []
        self.problems: list[str] = []
        screening.cases_finished.connect(lambda results, _columns: self.results.extend(results))
        screening.progressed.connect(self.progress.append)
        screening.failed.connect(self.problems.append)


@pytest.fixture
def keeper(qapp: object) -> Iterator[Keeper]:
    made = Keeper()
    yield made
    made.close()


@pytest.fixture
def screening(keeper: Keeper, pack: ModelPack) -> Iterator[Screening]:
    made = Screening(pack, keeper)
    yield made
    made.close()


@pytest.fixture
def many(tmp_path: Path, samples: Path) -> Path:
    """A folder with eighty films."""
    film = next(samples.glob("phantom*.jpg"))
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(80):
        shutil.copy(film, folder / f"{number:03}.jpg")
    return folder


def _run(qtbot: QtBot, screening: Screening, folder: Path) -> _Listener:
    listener = _Listener(screening)
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.start([folder])
    return listener


def test_results_come_in_order_and_progress_ends_with_all(qtbot: QtBot, screening: Screening, samples: Path) -> None:
    listener = _run(qtbot, screening, samples)
    files = [path for path in samples.iterdir() if path.is_file()]
    assert [result.index for result in listener.results] == list(range(len(files)))
    assert listener.progress[0].total is None
    assert listener.progress[-1].done == len(files)
    assert not listener.progress[-1].running
    assert listener.problems == []
    assert reading_processes() == []


def test_cancel_keeps_what_is_done(qtbot: QtBot, screening: Screening, many: Path) -> None:
    listener = _Listener(screening)
    screening.start([many])
    qtbot.waitUntil(lambda: len(listener.results) > 2, timeout=60_000)
    with qtbot.waitSignal(screening.finished, timeout=10_000):
        screening.cancel()
    assert 2 < len(listener.results) < 80
    assert not screening.running
    assert reading_processes() == []


def test_a_list_of_which_a_drop_was_cancelled_is_not_complete(
    qtbot: QtBot, screening: Screening, many: Path, samples: Path
) -> None:
    listener = _Listener(screening)
    screening.start([many])
    qtbot.waitUntil(lambda: len(listener.results) > 2, timeout=60_000)
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.cancel()
        screening.start([samples / "phantom-01.jpg"])  # before the first one has stopped
    assert listener.results[-1].path.name == "phantom-01.jpg"
    assert len(listener.results) < 80
    assert not screening.completed
    _run(qtbot, screening, samples / "phantom-01.jpg")
    assert screening.completed


def test_folders_are_told_from_files(qtbot: QtBot, screening: Screening, samples: Path, tmp_path: Path) -> None:
    found: list[Path] = []
    screening.folders_found.connect(found.extend)
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.start([samples / "phantom-01.jpg", tmp_path, samples / "nothing"])
    assert found == [tmp_path]


def test_pause_rests_and_continue_goes_on(qtbot: QtBot, screening: Screening, many: Path) -> None:
    listener = _Listener(screening)
    screening.start([many])
    qtbot.waitUntil(lambda: len(listener.results) > 2, timeout=60_000)
    screening.pause()
    qtbot.wait(300)
    resting = len(listener.results)
    qtbot.wait(500)
    assert len(listener.results) == resting < 80
    assert listener.progress[-1].paused
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.go_on()
    assert len(listener.results) == 80


def test_cancel_ends_a_rest(qtbot: QtBot, screening: Screening, many: Path) -> None:
    screening.start([many])
    screening.pause()
    with qtbot.waitSignal(screening.finished, timeout=10_000):
        screening.cancel()


def test_a_killed_reader_costs_no_row(qtbot: QtBot, screening: Screening, many: Path) -> None:
    listener = _Listener(screening)
    screening.start([many])
    qtbot.waitUntil(lambda: len(listener.results) > 2, timeout=60_000)
    screening.pause()
    qtbot.wait(300)
    (child,) = reading_processes()
    child.kill()
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.go_on()
    reasons = [result.reason for result in listener.results if result.reason is not None]
    assert len(listener.results) == 80
    assert reasons == []


def test_a_drop_while_screening_is_added_and_nothing_is_repeated(
    qtbot: QtBot, screening: Screening, many: Path, samples: Path
) -> None:
    listener = _Listener(screening)
    with qtbot.waitSignal(screening.finished, timeout=60_000):
        screening.start([many])
        screening.start([samples])
        screening.start([many])
    files = [path for path in samples.iterdir() if path.is_file()]
    assert [result.index for result in listener.results] == list(range(80 + len(files)))
    assert listener.progress[-1].done == 80 + len(files)


def test_an_empty_folder_finishes_with_nothing(qtbot: QtBot, screening: Screening, tmp_path: Path) -> None:
    listener = _run(qtbot, screening, tmp_path)
    assert listener.results == []
    assert listener.problems == []


def test_a_model_that_changed_on_disk_is_told(
    qtbot: QtBot, pack: ModelPack, keeper: Keeper, tmp_path: Path, samples: Path
) -> None:
    copy = tmp_path / "model.onnx"
    copy.write_bytes(pack.path.read_bytes()[:-10])
    screening = Screening(replace(pack, path=copy), keeper)
    listener = _run(qtbot, screening, samples)
    assert len(listener.problems) == 1
    assert not screening.running


def test_closing_while_screening_leaves_no_process(qtbot: QtBot, screening: Screening, many: Path) -> None:
    listener = _Listener(screening)
    screening.start([many])
    qtbot.waitUntil(lambda: len(listener.results) > 0, timeout=60_000)
    screening.close()
    assert reading_processes() == []
    assert not screening.running
