"""The anchor of the audit log: a small file beside the store that knows the last entry.

A chain of hashes shows an altered entry, but not that entries were cut off at its end. The anchor does: it is written
after each commit, so it may be behind the log, and the log may never be behind it (docs/decisions/0012).
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_DIGITS = 20  # of the number, so that every anchor has one length and a later one covers an earlier one


@dataclass(frozen=True, slots=True)
class Anchor:
    """The number and the hash of an entry; number 0 stands before the first one."""

    number: int
    hash: bytes


def anchor_of(store: Path) -> Path:
    """Where the anchor of this store lies."""
    return store.with_suffix(".anchor")


def write_anchor(store: Path, anchor: Anchor) -> None:
    """Note the last entry. Where that cannot be done the anchor stays behind, which the next entry mends."""
    line = f"{anchor.number:0{_DIGITS}d} {anchor.hash.hex()}\n".encode()
    with contextlib.suppress(OSError):
        file = os.open(anchor_of(store), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def read_anchor(store: Path) -> Anchor | None:
    """The anchor of this store; None where there is none, or it is none."""
    try:
        number, entry_hash = anchor_of(store).read_text("ascii").split()
        anchor = Anchor(int(number), bytes.fromhex(entry_hash))
    except (OSError, ValueError):
        return None
    return anchor if anchor.number >= 0 and len(anchor.hash) == 32 else None
