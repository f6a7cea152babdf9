from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.pack_file import LICENCE, read_pack_file
from engine.model.signing import trusted_keys_folder, trusted_signer
from engine.paths import resource
from tests.engine.model.packs import tiny_pack_model
from training.cli import run


def test_a_new_key_signs_a_pack_that_its_public_half_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, out = tmp_path / "clinic.key", tmp_path / "tiny.mapafu"
    assert run(["new-key", "--out", str(key)]) == 0
    assert key.stat().st_mode & 0o777 == 0o600
    model = tiny_pack_model(tmp_path / "tiny.onnx")
    assert run(["pack", "--model", str(model), "--key", str(key), "--out", str(out)]) == 0
    assert "tiny 1.0, signed" in capsys.readouterr().out
    trusted_keys_folder().mkdir()
    (trusted_keys_folder() / "clinic.pub").write_bytes((tmp_path / "clinic.pub").read_bytes())
    pack = read_pack_file(out)
    assert pack.signer is not None
    assert trusted_signer(pack.signer) == "clinic"
    assert all(entry.status == "scored" for entry in pack.manifest.self_test)
    assert b"CC" in pack.files[LICENCE]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    key = tmp_path / "clinic.key"
    assert run(["new-key", "--out", str(key)]) == 0
    before = key.read_bytes()
    assert run(["new-key", "--out", str(key)]) == 1
    assert key.read_bytes() == before


@pytest.mark.parametrize("text", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", None])
def test_a_key_that_cannot_be_used_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    key, out = tmp_path / "bad.key", tmp_path / "a.mapafu"
    if text is not None:
        key.write_text(text)
    model = tiny_pack_model(tmp_path / "tiny.onnx")
    assert run(["pack", "--model", str(model), "--key", str(key), "--out", str(out)]) == 1
    assert "mapafu-train new-key" in capsys.readouterr().err
    assert not out.exists()


def test_a_model_without_a_card_makes_no_pack(tmp_path: Path) -> None:
    out = tmp_path / "a.mapafu"
    assert run(["pack", "--model", str(resource("gate.onnx")), "--out", str(out)]) == 1
    assert not out.exists()
