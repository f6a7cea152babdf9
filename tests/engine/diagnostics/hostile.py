"""What must never reach the log, as it may turn up in messages, details and errors."""

from __future__ import annotations

HOSTILE = (
    "/home/clinic/films/SMITH_JOHN_19610203.dcm",
    r"C:\films\Müller, Anna\IM-0001.dcm",
    "SMITH^JOHN^^DR",
    "Smith",
    "J.S.",
    "JS",
    "PID-0042",
    "1.2.840.113619.2.55.3.604688.12.1599",
    "20161203",
    "engine.films.SMITH_JOHN 3 patients",
    "program_started SMITH",
    "name\nat engine.cli:12 run",
    "\x1b[31mSMITH\x1b[0m",
    "{0.__class__} %s %d SMITH",
    "אנה כהן",
)


def leaks(text: str) -> list[str]:
    """The hostile values, or their telling parts, found in a text."""
    parts = {"SMITH", "Smith", "JOHN", "Müller", "Anna", "IM-0001", "J.S.", "PID", "0042", "113619", "20161203", "כהן"}
    return sorted(part for part in parts if part in text) + [value for value in HOSTILE if value in text.split("\n")]
