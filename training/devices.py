"""Where a run computes: one process, or several that share each batch, through Lightning Fabric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.utilities.exceptions import MisconfigurationException

from engine.errors import MapafuError
from training.films import DataError
from training.lesson import Share

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Devices:
    """What a run may use.

    Attributes:
        accelerator: `cpu`, `cuda`, or `auto`: a GPU where there is one.
        count: Processes on each machine, with a GPU each where `accelerator` is `cuda`.
        machines: Computers that learn together.
    """

    accelerator: str = "auto"
    count: int = 1
    machines: int = 1


def start_processes(devices: Devices) -> Fabric:
    """Start the other processes, if any. In each of them this returns where it returned in the first.

    Raises:
        DataError: There are no such devices here.
    """
    accelerator = devices.accelerator
    if accelerator == "auto":
        accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        fabric = Fabric(accelerator=accelerator, devices=devices.count, num_nodes=devices.machines)
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        asked = f"{devices.count} x {accelerator}"
        raise DataError(f"This machine does not have {asked}. Leave --accelerator and --devices out.") from error
    fabric.launch()
    return fabric


def share_of(fabric: Fabric, batch_size: int) -> Share:
    """This process's share of each batch. Raises DataError where the processes' shares would differ in size."""
    if batch_size % fabric.world_size:
        raise DataError(
            f"{batch_size} films a step cannot be shared evenly by {fabric.world_size} processes. "
            "Choose another --batch-size."
        )
    return Share(fabric.global_rank, fabric.world_size)


def in_first(fabric: Fabric, work: Callable[[], Outcome]) -> Outcome:
    """Do the work in the first process; what it returns or the MapafuError it raises reaches every process."""
    outcome: Outcome | None = None
    problem: MapafuError | None = None
    if fabric.is_global_zero:
        try:
            outcome = work()
        except MapafuError as error:
            problem = error
    outcome, problem = fabric.broadcast((outcome, problem))
    if problem is not None:
        raise problem
    return outcome  # type: ignore[return-value]  # the first process's, not None unless that is what work returns
