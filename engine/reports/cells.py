"""Cells of a table."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text_cell(value: str | None) -> str | None:
    """Text from a file or a person, so marked that no spreadsheet takes it for a formula."""
    return f"'{value}" if value and value.startswith(_FORMULA_STARTS) else value
