"""The place of the table in another page."""

from __future__ import annotations

from pathlib import Path

from training.films import DataError

BEGIN, END = "<!-- compare: begin -->", "<!-- compare: end -->"


def place_table(page: Path, table: str) -> str:
    """The page with `table` between its two markers. Raises DataError where it has not each of them once, in order."""
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{page} cannot be read. Name a Markdown page with --readme.") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise DataError(f"{page} has no one place for the table. Write {BEGIN} and {END} once, on lines of their own.")
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"
