"""The wheel works where there is no checkout: built, installed in a fresh environment, screens the samples."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
BUILT_FROM = ("engine", "desktop", "training", "resources", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, folder: Path) -> str:
    # Nothing of the checkout may be found by accident.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "MAPAFU"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**clean, "MAPAFU_HOME": str(folder / "home"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_screens_the_samples_away_from_the_checkout(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in BUILT_FROM:
        origin = CHECKOUT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, source)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, source, folder=tmp_path)
    (wheel,) = tmp_path.glob("mapafu-*.whl")
    shutil.rmtree(source)

    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    constraints = CHECKOUT / "constraints.txt"
    run(programs / "python", "-m", "pip", "install", "-q", "-c", constraints, wheel, folder=tmp_path)
    here = run(
        programs / "python", "-c", "from engine.paths import resource; print(resource('samples'))", folder=tmp_path
    ).strip()
    assert Path(here).is_relative_to(tmp_path)
    run(programs / "mapafu-screen", here, "--heatmaps", folder=tmp_path)
    with (tmp_path / "mapafu-out/mapafu.csv").open(encoding="utf-8-sig", newline="") as stream:
        statuses = [row["status"] for row in csv.DictReader(stream)]
    assert statuses.count("scored") == 12
    assert len(statuses) == 14
    assert len(list((tmp_path / "mapafu-out/heatmaps").iterdir())) == 24
    for name in ("icons/mapafu.svg", "style", "model.onnx"):
        assert (Path(here).parent / name).exists()
