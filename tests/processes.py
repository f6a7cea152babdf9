"""The reading processes that the program has running."""

from __future__ import annotations

import psutil


def reading_processes() -> list[psutil.Process]:
    """Children started by `spawn`, without multiprocessing's own helper."""
    found = []
    for child in psutil.Process().children():
        try:
            if any("spawn_main" in word for word in child.cmdline()):
                found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found
