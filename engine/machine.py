"""What this PC has: asked before anything heavy, so that what is missing is a sentence and not a crash."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import platform
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

_GIB = 1024**3
_MIB = 1024**2
# Names of /proc/cpuinfo. What numpy and Qt were built for (x86-64-v2, from 2009 on); onnxruntime asks for no more.
_FEATURES = frozenset({"sse4_2", "popcnt", "ssse3"})
_WINDOWS_SSE4_2 = 38  # PF_SSE4_2_INSTRUCTIONS_AVAILABLE
_WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D
_TOO_OLD = 3
_TRIAL_SECONDS = 120.0
_SMALL_PC_BYTES = 5 * _GIB
_LEAST_MEMORY_BYTES = int(1.5 * _GIB)
LEAST_FREE_MEMORY = 300 * _MIB
LEAST_FREE_DISK = 100 * _MIB

PROCESSOR_TOO_OLD = (
    "This PC's processor is too old for Mapafu: it lacks instructions that came in 2009 (SSE4.2). "
    "Use a newer PC; no film was read."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the program allows itself on a PC.

    Attributes:
        is_small: A PC of 4 GB, on which the program makes do with less.
        reader_bytes: Memory of one reading process, of which the window has two.
        ahead_bytes: Memory for films that are read ahead of being asked for.
        threads: Threads within one prediction of a window's screening.
    """

    is_small: bool
    reader_bytes: int
    ahead_bytes: int
    threads: int


def means(total_bytes: int | None = None, cores: int | None = None) -> Means:
    """What a PC with this much memory and this many cores allows; by default this one."""
    total = psutil.virtual_memory().total if total_bytes is None else total_bytes
    spare_cores = max(1, (cores or os.cpu_count() or 2) - 1)  # one core is the window's
    if total <= _SMALL_PC_BYTES:
        return Means(is_small=True, reader_bytes=int(0.4 * total), ahead_bytes=48 * _MIB, threads=1)
    return Means(
        is_small=False, reader_bytes=min(3 * _GIB, int(0.6 * total)), ahead_bytes=192 * _MIB, threads=spare_cores
    )


def find_lack() -> str | None:
    """One sentence on why the program cannot run on this PC at all, or None where it can."""
    if not processor_will_do():
        return PROCESSOR_TOO_OLD
    total = psutil.virtual_memory().total
    if total < _LEAST_MEMORY_BYTES:
        return f"Mapafu needs a PC with at least 2 GB of memory, and this one has {total / _GIB:.1f}. Use another PC."
    return None


def find_shortage(folder: Path) -> str | None:
    """One sentence on what is scarce at the moment, or None. Nothing keeps the program from trying all the same.

    Args:
        folder: Where the program keeps what it is told; it need not exist.
    """
    if free_memory() < LEAST_FREE_MEMORY:
        return "This PC has little memory left. Close other programs, or films may not be read."
    free = free_disk(folder)
    if free is not None and free < LEAST_FREE_DISK:  # what wants to write there tells of a drive that is gone
        return "The disk is nearly full. Free some space, or results cannot be kept."
    return None


def free_memory() -> int:
    """Bytes of memory that programs can still get."""
    return int(psutil.virtual_memory().available)


def free_disk(folder: Path) -> int | None:
    """Bytes left on the drive where a folder lies or will lie; None where it is gone or closed to us."""
    try:
        there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), None)
        return None if there is None else int(psutil.disk_usage(str(there)).free)
    except OSError:
        return None


def processor_will_do() -> bool:
    """Whether the libraries run on this processor; one that does not say so itself is tried, in a child process."""
    return _is_known_to_do(_processor_features()) or trial_passes(use_libraries)


def _is_known_to_do(features: frozenset[str] | None) -> bool:
    return features is not None and features >= _FEATURES


def _processor_features() -> frozenset[str] | None:
    """Those of the processor's features that are asked about, by their Linux names; None where it does not say."""
    if platform.machine().lower() not in ("x86_64", "amd64", "i686", "x86"):
        return _FEATURES  # every processor of the other kinds that the libraries are made for will do
    if sys.platform == "linux":
        try:
            lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return None
        flags = next((line for line in lines if line.startswith("flags")), "")
        return frozenset(flags.split()) & _FEATURES
    if sys.platform == "win32":
        return _FEATURES if ctypes.windll.kernel32.IsProcessorFeaturePresent(_WINDOWS_SSE4_2) else frozenset()
    return None


def trial_passes(use: Callable[[], None]) -> bool:
    """Whether a child process that uses the libraries lives. It is lost on a processor that cannot run them."""
    trial = multiprocessing.get_context("spawn").Process(target=use, name="mapafu-trial", daemon=True)
    try:
        trial.start()
    except OSError:  # no room for another process, which has a sentence of its own later
        return True
    trial.join(_TRIAL_SECONDS)
    if trial.is_alive():  # slow, but not lost
        trial.kill()
        trial.join()
        return True
    illegal = _WINDOWS_ILLEGAL_INSTRUCTION if sys.platform == "win32" else -signal.SIGILL
    return trial.exitcode not in (illegal, _TOO_OLD)


def use_libraries() -> None:
    """Load what needs a processor of its kind. Ends this process where a library says that it cannot run here."""
    try:
        import numpy as np
        import onnxruntime  # noqa: F401

        ones = np.ones((32, 32), dtype=np.float32)
        ones @ ones
    except (ImportError, RuntimeError):  # numpy looks for itself, and says so in many words
        sys.exit(_TOO_OLD)
