"""What a PC must have beside the program: space, memory, a clock that is right, and a processor that is new enough."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from engine import machine
from engine.version import BUILT_ON

_MIB = 1024**2
_LATEST = BUILT_ON.replace(year=BUILT_ON.year + 30)


def check_disk(folder: Path) -> str:
    """What is wrong with the space left for the data folder, and what to do; empty where nothing is."""
    free = machine.free_disk(folder)
    if free is None:
        return "The data folder cannot be looked at. Check that you may open it."
    if free < machine.LEAST_FREE_DISK:
        return f"Only {free // _MIB} MiB are free where results are kept. Free some space."
    return ""


def check_clock(today: date | None = None) -> str:
    """What is wrong with the date of this PC, and what to do; empty where nothing is."""
    today = today or date.today()
    if not BUILT_ON <= today <= _LATEST:
        return f"The clock shows {today}, which cannot be. Set the date of this PC: results are kept with it."
    return ""


def check_memory() -> str:
    """What is wrong with the memory, and what to do; empty where nothing is."""
    free = machine.free_memory()
    if free < machine.LEAST_FREE_MEMORY:
        return f"Only {free // _MIB} MiB of memory are free. Close other programs."
    return ""


def check_processor() -> str:
    """What is wrong with the processor, and what to do; empty where nothing is."""
    if machine.processor_will_do():
        return ""
    return "The processor is older than the program can use. Take a PC made after 2010."
