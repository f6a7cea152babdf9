import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.settings import MAX_RECENT_FOLDERS, Settings, SettingsFile
from engine.errors import OutputError


def test_settings_come_back_as_saved(tmp_path: Path) -> None:
    settings = Settings(
        recent_folders=("/a", "/ü b"), operating_points={"ab": "balanced"}, heat_shown=True, heat_opacity=0.3
    )
    settings = replace(
        settings, default_age_years=4, prevalence_percent=12, theme="light", shortcuts={"next": ("N",), "fit": ()}
    )
    SettingsFile(tmp_path / "new").save(settings)
    assert SettingsFile(tmp_path / "new").load() == settings


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path).load() == Settings()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"heat_opacity": "much"}',
        '{"recent_folders": [1]}',
        "\x00",
        '{"list_shown": 1}',
        '{"default_age_years": "4"}',
        '{"prevalence_percent": 0.2}',
        '{"theme": null}',
        '{"shortcuts": ["J"]}',
        '{"shortcuts": {"next": "J"}}',
        '{"shortcuts": {"next": [7]}}',
    ],
)
def test_a_damaged_file_is_kept_aside(tmp_path: Path, text: str) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(text)
    assert file.load() == Settings()
    assert (tmp_path / "settings.damaged.json").read_text() == text
    assert not file.path.exists()


def test_fields_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(json.dumps({"heat_shown": True, "colour_of_the_sky": "blue", "heat_opacity": 7}))
    assert file.load() == Settings(heat_shown=True, heat_opacity=1.0)


@pytest.mark.parametrize(("written", "read"), [("null", None), ("0", 0), ("-1", None), ("121", None)])
def test_a_default_age_is_one_that_people_have(tmp_path: Path, written: str, read: int | None) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(f'{{"default_age_years": {written}}}')
    assert file.load().default_age_years == read


@pytest.mark.parametrize(("written", "read"), [("null", None), ("1", 1), ("99", 99), ("0", None), ("100", None)])
def test_a_share_of_pneumonia_is_some_and_not_all(tmp_path: Path, written: str, read: int | None) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(f'{{"prevalence_percent": {written}}}')
    assert file.load().prevalence_percent == read


def test_recent_folders_are_few_and_the_newest_comes_first() -> None:
    settings = Settings()
    for number in range(MAX_RECENT_FOLDERS + 3):
        settings = settings.with_recent(Path(f"/{number}"))
    settings = settings.with_recent(Path("/6"))
    assert len(settings.recent_folders) == MAX_RECENT_FOLDERS
    assert settings.recent_folders[0] == str(Path("/6"))
    assert settings.recent_folders.count(str(Path("/6"))) == 1


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        SettingsFile(tmp_path / "file").save(Settings())


def test_what_a_later_version_wrote_survives_this_one(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    later = {"heat_shown": True, "colour_of_the_sky": {"noon": "blue"}}
    file.path.write_text(json.dumps(later))
    file.save(replace(file.load(), heat_shown=False))
    assert json.loads(file.path.read_text()) | {"heat_shown": True} == json.loads(file.path.read_text()) | later


def test_settings_are_the_readers_alone_and_leave_nothing_half_written(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.save(Settings())
    file.save(Settings(recent_folders=("/SMITH", "/not \udcff utf-8")))
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
    if os.name == "posix":
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="file sizes are limited by setrlimit")
def test_a_full_disk_leaves_the_old_settings_whole(tmp_path: Path) -> None:
    """With a limit on the size of files, in a process of its own."""
    SettingsFile(tmp_path).save(Settings(operating_points={"a": "balanced"}))
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from desktop.settings import Settings, SettingsFile\n"
        "from engine.errors import OutputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
        "try:\n"
        "    SettingsFile(Path(sys.argv[1])).save(Settings(recent_folders=('x' * 2000,)))\n"
        "except OutputError as error:\n"
        "    print(error.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "output_failed"
    assert SettingsFile(tmp_path).load().operating_points == {"a": "balanced"}
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
