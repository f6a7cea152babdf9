from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.screening.identity import load_secret, patient_key


def test_keys_are_stable_and_secret() -> None:
    key = patient_key(b"a" * 32, "K-17")
    assert key == patient_key(b"a" * 32, "K-17")
    assert len(key) == 16
    assert key != patient_key(b"b" * 32, "K-17")
    assert key != patient_key(b"a" * 32, "K-18")


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    secret = load_secret(tmp_path / "new")
    assert secret is not None
    assert len(secret) == 32
    assert load_secret(tmp_path / "new") == secret
    if os.name == "posix":
        assert (tmp_path / "new/patient-key.secret").stat().st_mode & 0o777 == 0o600


def test_a_drive_without_links_keeps_the_secret_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("this drive knows no links")

    monkeypatch.setattr(os, "link", refuse)
    secret = load_secret(tmp_path)
    assert secret is not None
    assert load_secret(tmp_path) == secret
    assert [path.name for path in tmp_path.iterdir()] == ["patient-key.secret"]


def test_programs_that_start_together_share_one_secret(tmp_path: Path) -> None:
    for trial in range(30):
        with ThreadPoolExecutor(4) as pool:
            secrets = list(pool.map(load_secret, [tmp_path / str(trial)] * 4))
        assert None not in secrets
        assert len(set(secrets)) == 1
        assert len(list((tmp_path / str(trial)).iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_damaged_secret_gives_no_keys(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "patient-key.secret").write_bytes(content)
    assert load_secret(tmp_path) is None


def test_a_folder_that_cannot_be_made_gives_no_keys(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert load_secret(tmp_path / "file") is None
