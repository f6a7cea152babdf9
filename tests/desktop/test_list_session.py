from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.main_window import MainWindow
from engine.results.audit_log import Event
from engine.results.records import Record, to_record
from engine.results.running import is_running
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Verdict
from engine.screening.case import CaseResult
from tests.desktop.dropping import drop
from tests.engine.results.made_up import keep_as_known


def _export(qtbot: QtBot, window: MainWindow, path: Path) -> list[dict[str, str]]:
    with qtbot.waitSignal(window.session.export.exported, timeout=10_000):
        window.export_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _said(results: Sequence[CaseResult]) -> list[Record]:
    """Results as they are kept: heat is compared cell by cell."""
    return [to_record(result) for result in results]


def _screen(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        assert drop(window, *paths)


def test_the_last_list_opens_from_the_welcome_as_it_was_kept(reopened: MainWindow, kept: list[CaseResult]) -> None:
    model = reopened.room.worklist.model
    assert reopened.reading
    assert _said(model.results) == _said(kept)
    assert reopened.bottom_bar.numbers == "8 films · 1 not scored"
    assert reopened.actions_of_menus.export.isEnabled()


def test_a_list_of_another_model_keeps_its_own_bands(reopened: MainWindow, kept: list[CaseResult]) -> None:
    reopened.header.operating_point_chosen.emit("rule_in")
    assert _said(reopened.room.worklist.model.results) == _said(kept)


def test_without_a_list_nothing_is_offered(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(500)
    assert not window.welcome.last_button.isVisible()


def test_what_is_screened_is_kept_and_opens_again(window: MainWindow, qtbot: QtBot, samples: Path) -> None:
    films = sorted(samples.glob("phantom-0[12].jpg"))
    _screen(qtbot, window, *films)
    shown = window.room.worklist.model.results
    bands = [result.score.band for result in shown if result.score is not None]
    window.close()
    with Store() as store:
        (session,) = store.sessions.newest()
        stored = [entry.result for entry in store.results.of_session(session.session_id)]
    assert session.ended_at is not None
    assert session.dropped == tuple(films)
    assert [result.path for result in stored] == [result.path for result in shown]
    again = build_window()
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(again.welcome.last_button.isVisible, timeout=10_000)
    qtbot.mouseClick(again.welcome.last_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: again.room.worklist.view.chosen() is not None, timeout=10_000)
    results = again.room.worklist.model.results
    assert [result.score.band for result in results if result.score is not None] == bands
    again.close()


def test_a_cancelled_screening_is_kept_without_an_end(window: MainWindow, qtbot: QtBot, samples: Path) -> None:
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        drop(window, samples)
        qtbot.waitUntil(lambda: window.room.worklist.model.total > 0, timeout=60_000)
        window.screening.cancel()
    done = window.room.worklist.model.total
    window.close()
    with Store() as store:
        (session,) = store.sessions.newest()
    assert session.results == done
    assert session.ended_at is None


def test_a_list_that_was_cut_off_is_gone_on_with(window: MainWindow, qtbot: QtBot, samples: Path) -> None:
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        drop(window, samples)
        qtbot.waitUntil(lambda: window.room.worklist.model.total > 2, timeout=60_000)
        window.screening.cancel()
    before = {result.path: result.processed_at for result in window.room.worklist.model.results}
    window.close()
    again = build_window()
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(again.welcome.last_button.isVisible, timeout=10_000)
    assert f"Go on with the last list ({len(before)} films done" in again.welcome.last_button.text()
    assert again.screening is not None
    with qtbot.waitSignal(again.screening.finished, timeout=120_000):
        qtbot.mouseClick(again.welcome.last_button, Qt.MouseButton.LeftButton)
    results = again.room.worklist.model.results
    assert len({result.path for result in results}) == len(results) == 14
    assert len({result.index for result in results}) == 14
    assert {result.path: result.processed_at for result in results if result.path in before} == before
    assert again.bottom_bar.numbers == "14 films · 2 not scored"
    again.close()
    with Store() as store:
        (session,) = store.sessions.newest(5)
    assert (session.results, session.ended_at is None) == (14, False)


SCREENS = """
import sys
from pathlib import Path
from engine.results.kept_run import KeptRun
from engine.model.pack import load_pack
from engine.screening.pipeline import start_run
from tests.engine.results.made_up import make_unscored
from engine.reasons import Reason

with KeptRun(print) as kept:
    kept.begin(start_run(load_pack()), [Path(sys.argv[1])], default_age=None)
    kept.add(make_unscored(0, Reason.BLANK))
    print("kept", flush=True)
    sys.stdin.readline()
"""


def test_a_list_that_another_program_is_screening_still_is_shown_and_left_to_it(
    dressed: QApplication, qtbot: QtBot, samples: Path, own_home: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCREENS, str(samples / "phantom-01.jpg")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "kept\n"
        window = build_window()
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(window.welcome.last_button.isVisible, timeout=10_000)
        assert window.welcome.last_button.text().startswith("Open the last list")
        qtbot.mouseClick(window.welcome.last_button, Qt.MouseButton.LeftButton)
        words = "Another Mapafu is still screening this list. To see all of it, start this one again once that is done."
        qtbot.waitUntil(lambda: window.bottom_bar.message == words, timeout=10_000)
        assert window.screening is not None
        assert not window.screening.running
        assert window.bottom_bar.numbers == "1 film · 1 not scored"
        window.close()
        program.kill()
    again = build_window()
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(again.welcome.last_button.isVisible, timeout=10_000)
    assert again.welcome.last_button.text().startswith("Go on with the last list")
    assert again.screening is not None
    with qtbot.waitSignal(again.screening.finished, timeout=120_000):
        qtbot.mouseClick(again.welcome.last_button, Qt.MouseButton.LeftButton)
    again.close()
    with Store() as store:
        (session,) = store.sessions.newest(5)
    assert (session.results, session.ended_at is None) == (2, False)
    assert list(own_home.glob("results*.lock")) == []


def test_a_list_that_is_screened_is_the_window_s_own_until_it_is_stopped(
    window: MainWindow, qtbot: QtBot, samples: Path, own_home: Path
) -> None:
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        drop(window, samples)
        qtbot.waitUntil(lambda: window.room.worklist.model.total > 0, timeout=60_000)
        assert is_running(own_home / FILE_NAME, 1)
        window.screening.cancel()
    qtbot.waitUntil(lambda: not is_running(own_home / FILE_NAME, 1), timeout=10_000)


def test_a_film_that_was_scored_before_is_not_scored_again(
    window: MainWindow, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    film = Path(shutil.copy(samples / "phantom-01.jpg", tmp_path / "copy.jpg"))
    keep_as_known(film, 0.4321)
    _screen(qtbot, window, film)
    (result,) = window.room.worklist.model.results
    assert result.score is not None
    assert (result.path, result.index, result.score.probability) == (film, 0, 0.4321)


def test_the_audit_log_says_which_films_were_looked_at(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    view, model = reopened.room.worklist.view, reopened.room.worklist.model
    view.choose_row(0)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_J)
    seen = [model.film_id_at(0), model.film_id_at(1)]
    qtbot.waitUntil(lambda: _opened_films(own_home)[-2:] == seen, timeout=10_000)


def _opened_films(home: Path) -> list[int]:
    with closing(sqlite3.connect(home / FILE_NAME)) as store:
        entries = [json.loads(entry) for (entry,) in store.execute("SELECT entry FROM audit_log ORDER BY entry_id")]
    return [entry["film"] for entry in entries if entry["event"] == Event.OPENED]


def test_what_readers_say_is_exported(
    reopened: MainWindow, qtbot: QtBot, own_home: Path, tmp_path: Path, kept: list[CaseResult]
) -> None:
    session_id = reopened.session.session_id
    assert session_id is not None
    film_id = reopened.room.worklist.model.film_id_at(0)
    with Store(own_home / FILE_NAME) as store:
        reader = store.verdicts.reader("AB")
        store.verdicts.give(Verdict.PNEUMONIA, film_id=film_id, session_id=session_id, reader=reader)
    rows = _export(qtbot, reopened, tmp_path / "list.csv")
    assert [row["file"] for row in rows] == [result.file for result in kept]
    assert (rows[0]["reader_id"], rows[0]["reader_label"], rows[0]["run_id"]) == ("AB", "pneumonia", "run")
    assert {row["reader_label"] for row in rows[1:]} == {""}


def test_the_operating_point_chosen_is_the_one_exported(
    window: MainWindow, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    _screen(qtbot, window, samples / "phantom-01.jpg")
    window.header.operating_point_chosen.emit("rule_in")
    (row,) = _export(qtbot, window, tmp_path / "list.csv")
    assert row["operating_point"] == "rule_in"


def test_a_store_that_cannot_be_opened_is_one_sentence_and_the_list_goes_on(
    window: MainWindow, qtbot: QtBot, own_home: Path, samples: Path, tmp_path: Path
) -> None:
    window.close()
    for left in own_home.glob(f"{FILE_NAME}*"):
        left.unlink()
    with Store(own_home / FILE_NAME):
        pass
    with closing(sqlite3.connect(own_home / FILE_NAME)) as newer:
        newer.execute("PRAGMA user_version = 99")
    opened = build_window()
    qtbot.addWidget(opened)
    opened.show()
    _screen(qtbot, opened, samples / "phantom-01.jpg")
    assert opened.room.worklist.model.rowCount() == 1
    assert opened.session.session_id is None
    assert opened.bottom_bar.message.startswith("These results were kept by a newer version of Mapafu.")
    view = opened.room.worklist.view
    qtbot.keyClick(view, Qt.Key.Key_F)
    qtbot.waitUntil(opened.actions_of_menus.flag.isChecked, timeout=5000)
    (row,) = _export(qtbot, opened, tmp_path / "list.csv")
    assert row["status"] == "scored"
    opened.close()


def test_a_damaged_store_is_put_aside_and_said_so(
    window: MainWindow, qtbot: QtBot, own_home: Path, samples: Path
) -> None:
    window.close()
    for left in own_home.glob(f"{FILE_NAME}*"):
        left.unlink()
    (own_home / FILE_NAME).write_bytes(b"no database, but long enough to be taken for one" * 30)
    opened = build_window()
    qtbot.addWidget(opened)
    opened.show()
    qtbot.waitUntil(lambda: "damaged" in opened.welcome.warning.text(), timeout=10_000)
    _screen(qtbot, opened, samples / "phantom-01.jpg")
    assert opened.session.session_id is not None
    assert list(own_home.glob("results.damaged-*"))
    opened.close()
    with Store(own_home / FILE_NAME) as store:
        assert [session.results for session in store.sessions.newest(5)] == [1]
