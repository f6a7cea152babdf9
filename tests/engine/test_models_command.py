"""Installing, listing and taking back models, with the real program."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from engine.model.pack import bundled_model
from engine.model.pack_file import MODEL
from engine.paths import data_folder
from engine.reasons import Note
from engine.results.audit_log import Event
from engine.results.store import FILE_NAME, Store
from engine.tasks.status import ExitStatus
from tests.engine.model.models import bundled_card, write_with_card
from tests.engine.model.packs import Files, KeyPair, signed, write
from tests.engine.test_cli import rows, screen


def test_a_signed_pack_is_installed_listed_used_and_taken_back(tiny_pack: Files, samples: Path, tmp_path: Path) -> None:
    key = KeyPair()
    key.trust("clinic")
    write(tmp_path / "a.mapafu", signed(tiny_pack, key))
    done = screen("--install-pack", "a.mapafu", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    assert "tiny 1.0. Signed with the trusted key clinic." in done.stdout
    assert "* tiny 1.0 (signed with clinic)" in screen("--models", folder=tmp_path).stdout
    film = samples / "phantom-01.jpg"
    assert screen(film, "--quiet", "--csv", "t.csv", folder=tmp_path).returncode == ExitStatus.OK
    (row,) = rows(tmp_path / "t.csv")
    assert (row["model_id"], Note.MODEL_UNSIGNED.value in row["notes"]) == ("tiny", False)
    assert "comes with the program is used" in screen("--roll-back", folder=tmp_path).stdout
    assert "* tiny" not in screen("--models", folder=tmp_path).stdout
    assert screen("--roll-back", folder=tmp_path).returncode == ExitStatus.MODEL_UNUSABLE
    with closing(sqlite3.connect(data_folder() / FILE_NAME)) as store:
        entries = [json.loads(entry) for (entry,) in store.execute("SELECT entry FROM audit_log ORDER BY entry_id")]
    installed = [entry for entry in entries if entry["event"] == Event.MODEL_INSTALLED]
    assert [entry["signed"] for entry in installed] == [1, 1]
    assert installed[0]["model"] == "tiny"
    assert screen("--verify-log", folder=tmp_path).returncode == ExitStatus.OK


def test_an_unsigned_pack_needs_a_word_and_its_results_say_so(tiny_pack: Files, samples: Path, tmp_path: Path) -> None:
    write(tmp_path / "a.mapafu", tiny_pack)
    refused = screen("--install-pack", "a.mapafu", folder=tmp_path)
    assert refused.returncode == ExitStatus.MODEL_UNUSABLE
    assert "--accept-unsigned" in refused.stderr
    accepted = screen("--install-pack", "a.mapafu", "--accept-unsigned", folder=tmp_path)
    assert accepted.returncode == ExitStatus.OK, accepted.stderr
    done = screen(samples / "phantom-01.jpg", samples / "holiday.jpg", "--csv", "t.csv", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    film, holiday = rows(tmp_path / "t.csv")
    assert Note.MODEL_UNSIGNED.value in film["notes"].split(";")
    assert holiday["notes"] == ""
    assert "model_unsigned" in done.stdout
    with Store() as store:
        (session,) = store.sessions.newest(5)
        (kept, _) = store.results.of_session(session.session_id)
    assert Note.MODEL_UNSIGNED in kept.result.notes


def test_a_known_result_is_marked_by_the_trust_of_today(tiny_pack: Files, samples: Path, tmp_path: Path) -> None:
    key = KeyPair()
    trusted = key.trust("clinic")
    write(tmp_path / "a.mapafu", signed(tiny_pack, key))
    assert screen("--install-pack", "a.mapafu", folder=tmp_path).returncode == ExitStatus.OK
    notes = []
    for trust in (True, False):
        if not trust:
            trusted.unlink()
        assert screen(samples / "phantom-01.jpg", "--csv", "t.csv", folder=tmp_path).returncode == ExitStatus.OK
        (row,) = rows(tmp_path / "t.csv")
        notes.append(Note.MODEL_UNSIGNED.value in row["notes"])
    assert notes == [False, True]


def test_a_pack_can_be_used_without_being_installed(tiny_pack: Files, samples: Path, tmp_path: Path) -> None:
    write(tmp_path / "a.mapafu", tiny_pack)
    film = samples / "phantom-01.jpg"
    assert screen(film, "--model", "a.mapafu", folder=tmp_path).returncode == ExitStatus.MODEL_UNUSABLE
    done = screen(film, "--model", "a.mapafu", "--accept-unsigned", "--csv", "t.csv", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    (row,) = rows(tmp_path / "t.csv")
    assert (row["model_id"], Note.MODEL_UNSIGNED.value in row["notes"]) == ("tiny", True)
    assert "* mapafu-reading" in screen("--models", folder=tmp_path).stdout


def test_a_damaged_installed_model_costs_a_sentence(
    tiny_pack: Files, samples: Path, tmp_path: Path, own_home: Path
) -> None:
    write(tmp_path / "a.mapafu", tiny_pack)
    assert screen("--install-pack", "a.mapafu", "--accept-unsigned", folder=tmp_path).returncode == ExitStatus.OK
    (model,) = own_home.glob(f"models/*/{MODEL}")
    shutil.copy(bundled_model(), model)
    done = screen(samples / "phantom-01.jpg", "--csv", "t.csv", folder=tmp_path)
    assert done.returncode == ExitStatus.OK
    assert "the model that comes with the program is used" in done.stderr
    (row,) = rows(tmp_path / "t.csv")
    assert (row["model_id"], Note.MODEL_UNSIGNED.value in row["notes"]) == ("mapafu-reading", False)


def test_tasks_take_no_films(tmp_path: Path) -> None:
    for arguments in (["--models", "film.png"], ["--models", "--roll-back"], ["--install-pack", "a", "b"]):
        assert screen(*arguments, folder=tmp_path).returncode == ExitStatus.BAD_USAGE


def test_a_model_cannot_steer_the_terminal(tmp_path: Path, samples: Path) -> None:
    card = bundled_card()
    points = [{**point, "name": f"{point['name']}\x1b[2J"} for point in card["operating_points"]]
    model = write_with_card(tmp_path / "m.onnx", {**card, "age_bands": [], "operating_points": points})
    done = screen(samples, "--model", model, "--operating-point", "other", folder=tmp_path)
    assert done.returncode == ExitStatus.BAD_USAGE
    assert "screening?[2J" in done.stderr
    assert "\x1b" not in done.stderr
