"""What a PC must have beside the program: space, memory, a clock that is right, and a processor that is new enough."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import psutil

from engine.version import BUILT_ON

LEAST_DISK = 512 * 1024**2
LEAST_MEMORY = 1024**3
_LATEST = BUILT_ON.replace(year=BUILT_ON.year + 30)


def check_disk(folder: Path) -> str:
    """What is wrong with the space left for the data folder, and what to do; empty where nothing is."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        return "The data folder cannot be looked at. Check that you may open it."
    if free < LEAST_DISK:
        return f"Only {free // 1024**2} MiB are free where results are kept. Free some space."
    return ""


def check_clock(today: date | None = None) -> str:
    """What is wrong with the date of this PC, and what to do; empty where nothing is."""
    today = today or date.today()
    if not BUILT_ON <= today <= _LATEST:
        return f"The clock shows {today}, which cannot be. Set the date of this PC: results are kept with it."
    return ""


def check_memory(available: int | None = None) -> str:
    """What is wrong with the memory, in bytes, and what to do; empty where nothing is."""
    available = psutil.virtual_memory().available if available is None else available
    if available < LEAST_MEMORY:
        return f"Only {available // 1024**2} MiB of memory are free. Close other programs."
    return ""


def check_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """What is wrong with the processor, and what to do; empty where nothing is, or where Linux does not tell."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    features = next((line.split(":", 1)[-1].split() for line in lines if line.startswith("flags")), [])
    if "sse2" in features and "sse4_2" not in features:
        return "The processor is older than the program can use. Take a PC made after 2010."
    return ""
