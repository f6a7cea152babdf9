from __future__ import annotations

import contextlib
import csv
import hashlib
import math
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import ExitStatus
from engine.model.pack import bundled_model
from engine.reports.csv import partial_of
from engine.results.store import FILE_NAME, Store
from tests.builders import phantom, write_dicom
from tests.engine.model.models import write_tiny_model
from tests.engine.results.made_up import keep_as_known
from tests.programs import command_of, environment, start_as_a_terminal_does, without_rights

pytestmark = pytest.mark.program


def screen(*arguments: str | Path, folder: Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder of its own."""
    return subprocess.run(
        [*before, *command_of("mapafu-screen", *arguments)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def lines_of(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_samples_end_to_end(samples: Path, tmp_path: Path) -> None:
    done = screen(samples, "--heatmaps", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    table = rows(tmp_path / "mapafu-out/mapafu.csv")
    assert len(table) == 14
    for row in table:
        stem = f"{Path(row['file']).stem}-{row['sha256'][:8]}"
        heat = tmp_path / f"mapafu-out/heatmaps/{stem}-heat.png"
        assert heat.exists() == (row["status"] == "scored")
        if heat.exists():
            with Image.open(heat) as picture, Image.open(heat.with_name(f"{stem}-overlay.png")) as overlay:
                assert picture.mode == "L"
                assert picture.size == overlay.size
    assert "phantom-01.jpg" in done.stdout
    assert "not cleared as a medical device" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_default_age_chooses_the_calibration(tmp_path: Path) -> None:
    calibration = {"method": "made up", "slope": 1.0, "intercept": 0.0, "prevalence": 0.5}
    bands = [
        {"age_from_years": age, "age_to_years": age, "calibration": {**calibration, "intercept": float(age)}}
        for age in (1, 4)
    ]
    lungs = np.zeros((28, 28))
    lungs[1:27, 1:13] = lungs[1:27, 15:27] = 1.0
    outputs = {
        "logits": np.array([1.0, 0.0, 0.0]),
        "heat": np.full((14, 14), 0.75),
        "lungs": lungs,
        "embedding": np.full(3, 1.5),
    }
    model = write_tiny_model(tmp_path / "m.onnx", outputs, calibration=calibration, age_bands=bands)
    Image.fromarray((phantom() * 255).astype(np.uint8)).save(tmp_path / "film.png")
    found = []
    for age in ([], ["--default-age", "1.5"], ["--default-age", "9"]):
        done = screen("film.png", "--model", model, *age, "--csv", "t.csv", folder=tmp_path)
        assert done.returncode == ExitStatus.OK, done.stderr
        (row,) = rows(tmp_path / "t.csv")
        assert (row["extent"], row["heat_in_lungs"], row["ood_score"]) == ("1.0000", "1.0000", "2.2500")
        probability = float(row["probability"])
        found.append(round(math.log(probability / (1 - probability)) - float(row["logit"]), 3))
    assert found == [0.0, 1.0, 4.0]


def test_its_own_output_is_not_screened(samples: Path, tmp_path: Path) -> None:
    shutil.copy(samples / "phantom-01.jpg", tmp_path / "film.jpg")
    for _ in range(2):
        assert screen(".", "--heatmaps", "--quiet", folder=tmp_path).returncode == ExitStatus.OK
        assert [row["file"] for row in rows(tmp_path / "mapafu-out/mapafu.csv")] == ["./film.jpg"]


def test_quiet_prints_nothing(samples: Path, tmp_path: Path) -> None:
    done = screen(samples / "phantom-01.jpg", "--quiet", "--csv", "t.csv", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (ExitStatus.OK, "", "")
    assert len(rows(tmp_path / "t.csv")) == 1


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = screen("empty", folder=tmp_path)
    assert done.returncode == ExitStatus.NOTHING_TO_SCREEN
    assert "There is no file to screen" in done.stderr


def test_a_folder_without_films_and_a_missing_path(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no film")
    done = screen("notes.txt", "gone", folder=tmp_path)
    assert done.returncode == ExitStatus.NOTHING_TO_SCREEN
    assert [row["reason"] for row in rows(tmp_path / "mapafu-out/mapafu.csv")] == ["not_an_image", "not_found"]


def test_bad_files_keep_the_rest_and_exit_well(samples: Path, tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    film = (samples / "phantom-01.jpg").read_bytes()
    (films / "a.jpg").write_bytes(film)
    (films / "cut off.jpg").write_bytes(film[: len(film) // 2])
    write_dicom(films / "report.dcm", None)
    done = screen(films, "gone.jpg", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert "Traceback" not in done.stderr
    found = {Path(row["file"]).name: row["reason"] for row in rows(tmp_path / "mapafu-out/mapafu.csv")}
    assert found == {
        "a.jpg": "",
        "cut off.jpg": "corrupt_pixels",
        "report.dcm": "no_pixels",
        "gone.jpg": "not_found",
    }


@pytest.mark.parametrize("state", ["missing", "damaged", "no model"])
def test_a_model_that_cannot_be_used_is_one_sentence(samples: Path, tmp_path: Path, state: str) -> None:
    model = tmp_path / "model.onnx"
    if state == "damaged":
        data = bytearray(bundled_model().read_bytes())
        data[len(data) // 2] ^= 0xFF
        model.write_bytes(data)
    elif state == "no model":
        model.write_text("hello")
    done = screen(samples, "--model", model, folder=tmp_path)
    assert done.returncode == ExitStatus.MODEL_UNUSABLE
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("mapafu-screen: The ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--verify-log", "x"],
        ["--backup", "b", "--restore", "b"],
        ["x", "--default-age", "200"],
        ["x", "--threads", "-1"],
        ["x", "--operating-point", "guess"],
        ["--wrong"],
        ["x", "--anonymise", "out", "--resume"],
    ],
)
def test_bad_usage(tmp_path: Path, arguments: list[str]) -> None:
    done = screen(*arguments, folder=tmp_path)
    assert done.returncode == ExitStatus.BAD_USAGE
    assert "Traceback" not in done.stderr


def test_an_output_folder_that_cannot_be_made(samples: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = screen(samples, "--out", "file/out", "--heatmaps", folder=tmp_path)
    assert done.returncode == ExitStatus.OUTPUT_FAILED
    assert len(done.stderr.strip().splitlines()) == 1


def test_heatmaps_that_cannot_be_written_end_the_run_in_one_sentence(samples: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.jpg"
    shutil.copy(samples / "phantom-01.jpg", film)
    sha8 = hashlib.sha256(film.read_bytes()).hexdigest()[:8]
    (tmp_path / f"mapafu-out/heatmaps/film-{sha8}-heat.png").mkdir(parents=True)
    done = screen(film, "--heatmaps", folder=tmp_path)
    assert done.returncode == ExitStatus.OUTPUT_FAILED
    assert "The heatmaps cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_operating_points_move_the_band_and_not_the_probability(samples: Path, tmp_path: Path) -> None:
    tables = []
    for name in ("screening", "rule_in"):
        screen(samples / "phantom-01.jpg", "--operating-point", name, "--csv", f"{name}.csv", folder=tmp_path)
        tables.append(rows(tmp_path / f"{name}.csv")[0])
    assert tables[0]["probability"] == tables[1]["probability"]
    assert float(tables[0]["threshold"]) < float(tables[1]["threshold"])
    assert [table["operating_point"] for table in tables] == ["screening", "rule_in"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    noise = np.random.default_rng(1).integers(0, 255, (1500, 1500), dtype=np.uint8)
    for number in range(300):
        Image.fromarray(np.roll(noise, number)).save(films / f"{number:03}.jpg")
    table = tmp_path / "out.csv"
    process = start_as_a_terminal_does(command_of("mapafu-screen", films, "--csv", table), folder=tmp_path)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if partial_of(table).exists() and len(partial_of(table).read_bytes().splitlines()) > 5:
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == ExitStatus.INTERRUPTED
    assert "Traceback" not in stderr
    assert "What was done is kept; --resume goes on with it.\nStopped.\n" in stderr
    done = rows(table)
    assert 4 <= len(done) < 300
    assert [row["file"] for row in done] == sorted(row["file"] for row in done)
    assert not partial_of(table).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("task", [["--self-test"], ["films", "--anonymise", "copies"]], ids=["self-test", "copies"])
def test_ctrl_c_says_that_one_can_go_on_only_where_a_screening_is_kept(
    tmp_path: Path, own_home: Path, task: list[str]
) -> None:
    (tmp_path / "films").mkdir()
    for number in range(3000):
        (tmp_path / f"films/{number:04}.txt").write_text("no film")
    process = start_as_a_terminal_does(command_of("mapafu-screen", *task), folder=tmp_path)
    until(lambda: process.poll() is not None or "program_started" in log_of(own_home))
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == ExitStatus.INTERRUPTED
    assert stderr.endswith("Stopped.\n")
    assert "--resume" not in stderr


def log_of(home: Path) -> str:
    log = home / "mapafu.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


def test_what_was_killed_is_gone_on_with_and_no_film_is_scored_twice(samples: Path, tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for number in range(40):
        with Image.open(samples / "phantom-01.jpg") as film:
            film.crop((0, 0, film.width - number, film.height)).save(films / f"{number:02}.png")
    with subprocess.Popen(
        command_of("mapafu-screen", "films", "--csv", "t.csv"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until(lambda: partial_of(tmp_path / "t.csv").exists() and lines_of(partial_of(tmp_path / "t.csv")) > 8)
        process.kill()
    with Store() as store:
        (session,) = store.sessions.newest(5)
        before = {stored.result.path: stored.result for stored in store.results.of_session(session.session_id)}
    assert 7 <= len(before) < 40
    assert session.ended_at is None
    done = screen("films", "--csv", "t.csv", "--resume", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    table = rows(tmp_path / "t.csv")
    assert [row["file"] for row in table] == [f"films/{number:02}.png" for number in range(40)]
    assert {row["run_id"] for row in table} == {session.run.run_id}
    with Store() as store:
        (again,) = store.sessions.newest(5)
        kept = [stored.result for stored in store.results.of_session(again.session_id)]
    assert again.ended_at is not None
    assert len({result.path for result in kept}) == len(kept) == 40
    for result in kept:
        if result.path in before:
            assert result.processed_at == before[result.path].processed_at
    nothing = screen("--resume", folder=tmp_path)
    assert nothing.returncode == ExitStatus.NOTHING_TO_SCREEN
    assert "without --resume" in nothing.stderr


def test_a_known_film_is_not_scored_again_and_says_the_same(samples: Path, tmp_path: Path) -> None:
    shutil.copy(samples / "phantom-01.jpg", tmp_path / "a.jpg")
    shutil.copy(samples / "phantom-01.jpg", tmp_path / "b.jpg")
    screen("a.jpg", "--csv", "a.csv", folder=tmp_path)
    screen("b.jpg", "--csv", "b.csv", folder=tmp_path)
    (first,), (second,) = rows(tmp_path / "a.csv"), rows(tmp_path / "b.csv")
    differs = {name for name in first if first[name] != second[name]}
    assert differs == {"run_id", "file", "processed_at", "latency_ms"}
    keep_as_known(tmp_path / "a.jpg", 0.4321)
    screen("a.jpg", "--csv", "c.csv", folder=tmp_path)
    assert rows(tmp_path / "c.csv")[0]["probability"] == "0.432100"
    screen("a.jpg", "--csv", "d.csv", "--heatmaps", folder=tmp_path)
    assert rows(tmp_path / "d.csv")[0]["probability"] == first["probability"]


def test_anonymous_leaves_no_name_anywhere(samples: Path, tmp_path: Path, own_home: Path) -> None:
    shutil.copy(samples / "phantom-01.jpg", tmp_path / "SMITH_JOHN.jpg")
    done = screen("SMITH_JOHN.jpg", "--anonymous", "--heatmaps", "--out", "out", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) == 3
    assert "SMITH" not in " ".join(str(path) for path in written) + done.stdout + done.stderr
    assert b"SMITH" not in b"".join(path.read_bytes() for path in written)
    log = (own_home / "mapafu.log").read_text(encoding="utf-8")
    assert "program_ended" in log
    assert "SMITH" not in log


@pytest.mark.real_films
def test_the_sixteen_films_of_val(films_folder: Path, tmp_path: Path) -> None:
    done = screen(films_folder / "kermany/val", "--csv", "out.csv", "--heatmaps", "--out", "out", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    table = rows(tmp_path / "out.csv")
    assert len(table) == 16
    assert {row["status"] for row in table} == {"scored"}
    assert len(list((tmp_path / "out/heatmaps").glob("*-heat.png"))) == 16


@pytest.mark.real_films
def test_every_dicom_file_is_a_row(films_folder: Path, tmp_path: Path) -> None:
    done = screen(films_folder / "dicom", "--csv", "out.csv", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert "Traceback" not in done.stderr
    table = rows(tmp_path / "out.csv")
    assert len(table) == len([path for path in (films_folder / "dicom").rglob("*") if path.is_file()])
    assert all(row["reason"] or row["status"] == "scored" for row in table)
    chest = [row for row in table if "/chest/" in row["file"]]
    assert {row["status"] for row in chest} == {"scored"}


def in_files(folder: Path) -> dict[str, bytes]:
    """What lies there, but for the log of the program, which tells of every start."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix != ".log"}


def test_the_log_is_verified(samples: Path, tmp_path: Path, own_home: Path) -> None:
    done = screen("--verify-log", folder=tmp_path)
    assert (done.returncode, done.stderr) == (ExitStatus.OK, "Nothing is kept yet, so there is no log.\n")
    assert screen(samples / "phantom-01.jpg", "--quiet", folder=tmp_path).returncode == ExitStatus.OK
    done = screen("--verify-log", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert done.stderr.startswith("All entries of the log hold: 4. The last one has the hash ")
    with contextlib.closing(sqlite3.connect(own_home / FILE_NAME)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_deleted")
        connection.execute("DELETE FROM audit_log WHERE entry_id = 4")
        connection.commit()
    done = screen("--verify-log", folder=tmp_path)
    assert done.returncode == ExitStatus.CHECK_FAILED
    assert done.stderr == "The log ends before entry 4, which was written. The 3 before it hold.\n"
    (own_home / FILE_NAME).write_bytes(b"rubbish " * 1000)
    done = screen("--verify-log", folder=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (ExitStatus.CHECK_FAILED, 1)
    (own_home / FILE_NAME).unlink()
    done = screen("--verify-log", folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        ExitStatus.CHECK_FAILED,
        "The kept results are gone, and their log with them.\n",
    )


def test_a_backup_brings_everything_back(
    samples: Path, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert screen(samples / "phantom-01.jpg", "--quiet", folder=tmp_path).returncode == ExitStatus.OK
    done = screen("--backup", "b.zip", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert "It is not encrypted" in done.stderr
    monkeypatch.setenv("MAPAFU_HOME", str(tmp_path / "other"))
    done = screen("--restore", "b.zip", folder=tmp_path)
    assert (done.returncode, done.stderr) == (ExitStatus.OK, "1 results and 0 verdicts are back.\n")
    with Store(tmp_path / "other" / FILE_NAME) as store:
        assert store.results.at(1, 0) is not None
    before = in_files(tmp_path / "other")
    done = screen("--restore", samples / "phantom-01.jpg", folder=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (ExitStatus.OUTPUT_FAILED, 1)
    assert in_files(tmp_path / "other") == before


def test_a_damaged_store_is_said_once_and_the_screening_goes_on(samples: Path, tmp_path: Path, own_home: Path) -> None:
    (own_home / FILE_NAME).write_bytes(b"rubbish " * 1000)
    done = screen(samples / "phantom-01.jpg", "--quiet", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert done.stderr.startswith("The kept results were damaged. 0 results and 0 verdicts could be saved;")
    assert len(done.stderr.splitlines()) == 1
    with Store() as store:
        assert store.sessions.newest()[0].results == 1


def test_anonymised_copies(tmp_path: Path) -> None:
    pixels = (phantom() * 255).astype(np.uint8)
    write_dicom(tmp_path / "SMITH.dcm", pixels, PatientName="SMITH^JOHN", BurnedInAnnotation="YES")
    (tmp_path / "note.txt").write_text("no film")
    done = screen("SMITH.dcm", "note.txt", "--anonymise", "copies", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    (copy,) = (tmp_path / "copies").iterdir()
    assert b"SMITH" not in copy.read_bytes()
    assert f"{copy.name}: There is writing in this picture" in done.stderr
    assert "1 of 2 files copied" in done.stderr
    assert not (tmp_path / "mapafu-out").exists()
    again = screen("note.txt", "--anonymise", "copies", folder=tmp_path)
    assert again.returncode == ExitStatus.NOTHING_TO_SCREEN
    assert screen("--anonymise", "copies", folder=tmp_path).returncode == ExitStatus.BAD_USAGE


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="+".join)
def test_a_reader_that_goes_away_costs_nothing(samples: Path, tmp_path: Path, streams: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command_of("mapafu-screen", samples, "--csv", "t.csv"),
            cwd=tmp_path,
            env=environment(),
            timeout=300,
            **{name: writing if name in streams else subprocess.PIPE for name in ("stdout", "stderr")},
        )
    finally:
        os.close(writing)
    assert done.returncode == ExitStatus.OK
    assert b"Exception ignored" not in (done.stderr or b"")
    assert len(rows(tmp_path / "t.csv")) == 14


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_model_in_a_closed_folder_is_one_sentence(closed_folder: Path, tmp_path: Path) -> None:
    done = screen("--model", closed_folder / "m.onnx", tmp_path, folder=tmp_path, before=without_rights())
    assert done.returncode == ExitStatus.MODEL_UNUSABLE, done.stderr
    assert done.stderr.startswith("mapafu-screen: The model m.onnx cannot be read.")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
@pytest.mark.parametrize(
    ("task", "home", "sentence"),
    [
        (["--backup", "closed/inner"], "home", "cannot be written. Choose another place"),
        (["--verify-log"], "closed/inner", "The kept results cannot be read."),
        (["--backup", "b.zip"], "closed/inner", "The results cannot be kept."),
    ],
)
def test_a_folder_that_one_may_not_look_into_is_one_sentence(
    closed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: list[str], home: str, sentence: str
) -> None:
    monkeypatch.setenv("MAPAFU_HOME", str(tmp_path / home))
    done = screen(*task, folder=tmp_path, before=without_rights())
    assert done.returncode == ExitStatus.OUTPUT_FAILED, done.stderr
    assert sentence in done.stderr
    assert "unknown error" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
