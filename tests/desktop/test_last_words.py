import os
import sys
from pathlib import Path

import pytest

from desktop.last_words import tell


@pytest.mark.skipif(sys.platform != "linux", reason="the boxes are those of Linux")
@pytest.mark.parametrize("has_terminal", [True, False])
def test_without_a_terminal_a_box_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_terminal: bool) -> None:
    box = tmp_path / "xmessage"
    box.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/shown"\n', encoding="utf-8")
    box.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    if has_terminal:
        near, far = os.openpty()
        with os.fdopen(far, "w", encoding="utf-8") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            tell("Say <this> & that.")
            terminal.flush()
            assert b"Say <this> & that." in os.read(near, 100)
        os.close(near)
        assert not (tmp_path / "shown").exists()
    else:
        monkeypatch.setattr(sys, "stderr", None)
        tell("Say <this> & that.")
        assert (tmp_path / "shown").read_text(encoding="utf-8").splitlines() == ["-center", "Say <this> & that."]
