from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.films.dicom.stored import DECODERS
from engine.machine import PROCESSOR_TOO_OLD, find_lack, find_shortage
from engine.model.installed import InstalledModels
from engine.model.pack_file import FILMS
from engine.paths import resource
from engine.screening import codec_check
from engine.screening.codec_check import FOLDER, INDEX, bundled_codecs, check_codecs
from engine.screening.installation import install_pack, look_at_pack
from engine.tasks import self_test
from engine.tasks.pc_checks import check_clock, check_disk, check_memory, check_processor
from engine.tasks.self_test import EXPECTED_FILE, Check, run_self_test
from engine.tasks.status import ExitStatus
from engine.version import BUILT_ON, __version__
from tests.engine.model.packs import Files, KeyPair, signed, write
from tests.engine.test_cli import screen
from tests.engine.test_machine import refuse
from tests.programs import environment, reading_processes, without_rights

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def copied_resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Resources that a test may damage, for what the self-test looks at in this process."""
    folder = tmp_path / "resources"
    shutil.copytree(resource(FOLDER), folder / FOLDER)
    shutil.copy(resource(EXPECTED_FILE), folder)
    for module in (self_test, codec_check):
        monkeypatch.setattr(
            module, "resource", lambda name: folder / name if (folder / name).exists() else resource(name)
        )
    return folder


def problems() -> dict[str, str]:
    assert not reading_processes()
    checks = list(run_self_test())
    assert not reading_processes()
    return {check.what: check.problem for check in checks if check.problem}


def test_the_program_passes_its_own_test(tmp_path: Path) -> None:
    done = screen("--self-test", folder=tmp_path)
    assert done.returncode == ExitStatus.OK, done.stdout
    lines = done.stdout.splitlines()
    assert lines[-1] == "All checks passed."
    assert all(line.endswith(": OK") for line in lines[:-1])
    assert len(lines) > 20


def test_another_score_than_expected_fails(copied_resources: Path) -> None:
    path = copied_resources / EXPECTED_FILE
    expected = json.loads(path.read_text())
    expected["films"][0]["logit"] += 0.0011
    path.write_text(json.dumps(expected))
    (problem,) = problems().values()
    assert problem.startswith("phantom-01.jpg: logit is -1.46")
    path.write_text("{}")
    (problem,) = problems().values()
    assert "cannot be read" in problem


def test_a_broken_codec_fails_alone(copied_resources: Path) -> None:
    by_name = {codec.name: copied_resources / FOLDER / codec.file for codec in bundled_codecs()}
    names = ["JPEG-LS Lossless Image Compression", "RLE Lossless"]
    data = by_name[names[0]].read_bytes()
    by_name[names[0]].write_bytes(data[: len(data) // 2])
    shutil.copy(by_name["JPEG Baseline (Process 1)"], by_name[names[1]])
    found = dict(check_codecs())
    assert {name for name, problem in found.items() if problem} == set(names)
    assert found["RLE Lossless"] == "other pixels than were packed"
    (copied_resources / FOLDER / INDEX).unlink()
    assert list(problems()) == ["Reads films"]


def test_every_transfer_syntax_that_is_read_has_its_film() -> None:
    codecs = bundled_codecs()
    assert {codec.uid for codec in codecs} == set(DECODERS)
    assert {codec.file for codec in codecs} | {INDEX} == {path.name for path in resource(FOLDER).iterdir()}
    page = (REPOSITORY / "docs/transfer-syntaxes.md").read_text(encoding="utf-8")
    read = [line.split(" | ")[0][2:] for line in page.splitlines() if line.endswith(("as it was |", "range |"))]
    assert read == [codec.name for codec in codecs]


def test_a_store_that_cannot_be_written_fails(own_home: Path, tmp_path: Path) -> None:
    (own_home / "results.sqlite").write_bytes(b"no store" * 1000)
    done = screen("--self-test", folder=tmp_path)
    assert done.returncode == ExitStatus.CHECK_FAILED
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert line.startswith("✗ Results can be kept: ")


def test_the_installed_model_is_tried_with_the_films_of_its_pack(tiny_pack: Files, tmp_path: Path) -> None:
    key = KeyPair()
    key.trust()
    model = install_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key))))
    assert problems() == {}
    shutil.copy(resource("samples") / "holiday.jpg", model.folder / FILMS / "phantom-01.jpg")
    assert "status is rejected" in problems()["The installed model scores as its pack expects"]
    (InstalledModels().folder / "current.json").write_text("{")
    assert "damaged" in problems()["The model in use is whole"]


def test_the_clock_is_not_before_the_program() -> None:
    assert check_clock() == ""
    assert check_clock(BUILT_ON) == ""
    assert "Set the date" in check_clock(BUILT_ON - timedelta(days=1))
    assert "Set the date" in check_clock(date(2099, 1, 1))


def test_the_newest_entry_of_the_changelog_is_this_version_and_not_younger_than_the_program() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    version, released = next(line for line in changelog.splitlines() if line.startswith("## "))[3:].split(" - ")
    assert version == __version__
    assert released == "unreleased" or date.fromisoformat(released) <= BUILT_ON


def test_memory_disk_and_processor_are_enough_or_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    assert [check_memory(), check_disk(folder), check_processor()] == ["", "", ""]
    assert find_shortage(folder) is None
    monkeypatch.setattr("engine.machine.LEAST_FREE_DISK", 2**70)
    assert "Free some space" in check_disk(folder)
    assert "disk" in str(find_shortage(folder))
    monkeypatch.setattr("engine.machine.LEAST_FREE_MEMORY", 2**70)
    assert "Close other programs" in check_memory()
    assert "memory" in str(find_shortage(folder))
    monkeypatch.setattr("engine.machine._FEATURES", frozenset({"of another kind"}))
    assert check_processor() == ""  # it does not say so, and passes the trial
    monkeypatch.setattr("engine.machine.use_libraries", refuse)
    assert "older" in check_processor()
    assert find_lack() == PROCESSOR_TOO_OLD


def test_a_data_folder_that_cannot_be_looked_at_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be looked at" in check_disk(tmp_path / ("a" * 5000))
    monkeypatch.setattr(Path, "exists", lambda place: False)  # as on a drive that is not plugged in
    assert "cannot be looked at" in check_disk(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_data_folder_that_is_closed_is_said(closed_folder: Path) -> None:
    script = "import sys\nfrom pathlib import Path\nfrom engine.tasks.pc_checks import check_disk\n"
    script += "print(check_disk(Path(sys.argv[1])))"
    command = [*without_rights(), sys.executable, "-c", script, str(closed_folder)]
    said = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)
    assert "cannot be looked at" in said.stdout, said.stderr


def test_a_check_is_one_line() -> None:
    assert Check("Date").line == "Date: OK"
    assert Check("Date", "Set it.").line == "Date: Set it."
