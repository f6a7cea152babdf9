"""The audit log: what was done with the store, in entries that are chained by their hashes and only added to.

An entry says what happened, when, by which version of the program, and to which numbers of sessions, films and
readers. It never holds a file's name, a path, or anything of a patient, so that it may outlive what it tells of.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from engine.results.anchor import Anchor
from engine.version import __version__

BEFORE_THE_FIRST = Anchor(0, bytes(32))
Facts: TypeAlias = int | str | list[int] | dict[str, int] | None


class Event(StrEnum):
    """What an entry tells of."""

    LOG_BEGUN = "log_begun"
    SESSION_BEGUN = "session_begun"
    SESSION_RESUMED = "session_resumed"
    SESSION_ENDED = "session_ended"
    SCORED = "scored"
    OPENED = "opened"
    READER_ADDED = "reader_added"
    VERDICT = "verdict"
    TAKEN_BACK = "taken_back"
    MARK = "mark"
    LABELS_LOADED = "labels_loaded"
    EXPORTED = "exported"
    DELETED = "deleted"
    MODEL_INSTALLED = "model_installed"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    SALVAGED = "salvaged"


class Fault(StrEnum):
    """What is wrong with the log."""

    ALTERED = "altered"
    REMOVED = "removed"
    CUT_OFF = "cut_off"
    NO_ANCHOR = "no_anchor"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCheck:
    """What came of checking the log.

    Attributes:
        holding: How many entries hold, from the first one on.
        last: The last of them; who keeps its hash elsewhere can tell later whether the log up to there was rewritten.
        fault: None where all entries hold and none is missing.
        entry: The first entry that was altered, or is missing; 0 where the anchor is missing.
    """

    holding: int
    last: Anchor
    fault: Fault | None = None
    entry: int = 0

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        match self.fault:
            case Fault.ALTERED:
                return f"Entry {self.entry} of the log was altered. The {self.holding} before it hold."
            case Fault.REMOVED:
                return f"Entry {self.entry} of the log was removed. The {self.holding} before it hold."
            case Fault.CUT_OFF:
                return f"The log ends before entry {self.entry}, which was written. The {self.holding} before it hold."
            case Fault.NO_ANCHOR:
                return (
                    f"The {self.holding} entries of the log hold, but its anchor is missing: nothing tells whether "
                    "entries were cut off at the end."
                )
        return f"All entries of the log hold: {self.holding}. The last one has the hash {self.last.hash.hex()}."


def append(connection: sqlite3.Connection, *, at: str, event: Event, facts: dict[str, Facts]) -> Anchor:
    """Add an entry within the caller's transaction, and return its number and hash."""
    row = connection.execute("SELECT entry_id, hash FROM audit_log ORDER BY entry_id DESC LIMIT 1").fetchone()
    before = BEFORE_THE_FIRST if row is None else Anchor(*row)
    number = before.number + 1
    entry = canonical({**facts, "number": number, "at": at, "event": event, "app_version": __version__})
    anchor = Anchor(number, chained(before.hash, entry))
    connection.execute(
        "INSERT INTO audit_log (entry_id, entry, hash) VALUES (?, ?, ?)", (anchor.number, entry, anchor.hash)
    )
    return anchor


def canonical(entry: dict[str, Facts]) -> str:
    """The one way an entry is written: keys in order, no spaces, ASCII."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))


def chained(previous: bytes, entry: str) -> bytes:
    """The hash of an entry, which stands for all entries before it too."""
    return hashlib.sha256(previous + entry.encode("utf-8", "surrogatepass")).digest()


def check_entries(rows: Iterable[tuple[int, object, object]], anchor: Anchor | None) -> LogCheck:
    """Go along the chain, and see that it reaches as far as its anchor.

    Args:
        rows: Number, entry and hash of each, in order.
        anchor: What lies beside the store.
    """
    last, anchored = BEFORE_THE_FIRST, anchor is not None and anchor == BEFORE_THE_FIRST
    for number, entry, entry_hash in rows:
        expected = last.number + 1
        if number != expected:
            return LogCheck(holding=last.number, last=last, fault=Fault.REMOVED, entry=expected)
        if not isinstance(entry, str) or chained(last.hash, entry) != entry_hash:
            return LogCheck(holding=last.number, last=last, fault=Fault.ALTERED, entry=expected)
        reached = Anchor(expected, entry_hash)
        if anchor is not None and anchor.number == expected:
            if anchor.hash != entry_hash:  # the chain is whole, yet not the one that was written
                return LogCheck(holding=last.number, last=last, fault=Fault.ALTERED, entry=expected)
            anchored = True
        last = reached
    if anchor is None and last.number:
        return LogCheck(holding=last.number, last=last, fault=Fault.NO_ANCHOR)
    if anchor is not None and not anchored:
        return LogCheck(holding=last.number, last=last, fault=Fault.CUT_OFF, entry=last.number + 1)
    return LogCheck(holding=last.number, last=last)
