"""Several processes on one machine, started as a person would start them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from training.devices import Devices, share_of, start_processes
from training.films import DataError
from training.run_folder import CHECKPOINT, CONFIG, CURVES, EPOCHS, WEIGHTS

CHECKOUT = Path(__file__).parents[2]


def train_with_two(data: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training", "run", "cnn", "--data", str(data), "--out", str(out)]
    small = ["--size", "32", "--batch-size", "18", "--epochs", "1", "--accelerator", "cpu", "--devices", "2"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}
    return subprocess.run([*command, *small], env=environment, capture_output=True, text=True, timeout=300)


def test_two_processes_share_one_run(labelled_films: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    both = train_with_two(labelled_films, out)
    assert both.returncode == 0, both.stderr
    assert both.stdout.count("epoch 1:") == 1
    assert {path.name for path in out.iterdir()} == {CHECKPOINT, CONFIG, CURVES, EPOCHS, WEIGHTS}
    with (out / EPOCHS).open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
    assert torch.load(out / CHECKPOINT, weights_only=True)["config"]["processes"] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_what_stops_the_first_process_stops_both_with_one_sentence(labelled_films: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.partial").symlink_to("/dev/full")
    both = train_with_two(labelled_films, tmp_path)
    assert both.returncode == 1
    assert [line for line in both.stderr.splitlines() if line.startswith("mapafu-train: ")] == [
        f"mapafu-train: {tmp_path} cannot be written to (No space left on device). Make room there and give the "
        "command again: it goes on from the last epoch that was saved."
    ]
    assert "Traceback" not in both.stderr


def test_a_batch_that_cannot_be_shared_evenly_is_one_sentence() -> None:
    fabric = cast(Any, SimpleNamespace(world_size=2, global_rank=1))
    assert share_of(fabric, 16).of(torch.arange(6)).tolist() == [1, 3, 5]
    with pytest.raises(DataError, match="--batch-size"):
        share_of(fabric, 17)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(DataError, match="does not have 1 x cuda"):
        start_processes(Devices("cuda"))
