"""Several processes on one machine, started as a person would start them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import torch

from training.run_folder import CHECKPOINT, CONFIG, CURVES, EPOCHS, WEIGHTS

CHECKOUT = Path(__file__).parents[2]


def train(data: Path, out: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "training", "run", "cnn", "--data", str(data), "--out", str(out), *options]
    small = ["--size", "32", "--batch-size", "18", "--epochs", "1", "--accelerator", "cpu"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1", **variables}
    return subprocess.Popen(
        [*command, *small], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_processes_share_one_run(labelled_films: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    both = train(labelled_films, out, "--devices", "2")
    said, complaints = both.communicate(timeout=120)
    assert both.returncode == 0, complaints
    assert said.count("epoch 1:") == 1
    assert {path.name for path in out.iterdir()} == {CHECKPOINT, CONFIG, CURVES, EPOCHS, WEIGHTS}
    with (out / EPOCHS).open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
    assert torch.load(out / CHECKPOINT, weights_only=True)["config"]["processes"] == 2
