import os
import subprocess
import sys
from pathlib import Path

RUN_A_NETWORK = """
from engine.model.film_gate import bundled_gate, load_gate
load_gate(bundled_gate(), threads=1)
"""


def test_the_runtime_notes_nothing_about_its_use(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", RUN_A_NETWORK], env={**kept, **homes}, cwd=Path(__file__).parents[3],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
