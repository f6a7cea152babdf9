"""Films named by a table: `manifest.csv` with a row for each film."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.explore.listing import ONE_SPLIT, ListedFilm, Listing, make_listing, printable
from training.films import DataError

_LABEL_COLUMNS = ("label", "subtype")
_SPLIT_COLUMN = "split"


def list_manifest(table: Path, *, label_column: str | None = None, split_column: str | None = None) -> Listing:
    """The films of a manifest; a row without a class is left out and counted.

    Args:
        table: A CSV file with the column `file` (paths from the table's folder), a column for the class and,
            where they are known, `split`, `patient`, `original_width`, `original_height` and `geometry`.
        label_column: Column of the class; without it `label`, else `subtype`.
        split_column: Column of the split; without it `split`, where there is one.

    Raises:
        DataError: The table cannot be read, lacks a column or holds a row that makes no sense.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            return _listing(table, csv.reader(stream, strict=True), label_column, split_column)
    except OSError as error:
        raise DataError(f"{table} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{table} is not a table in UTF-8. Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise DataError(f"{table} is damaged: {error}.") from error


def _listing(table: Path, lines: Iterator[list[str]], label_column: str | None, split_column: str | None) -> Listing:
    columns = [name.strip() for name in next(lines, [])]
    label = label_column or next((name for name in _LABEL_COLUMNS if name in columns), _LABEL_COLUMNS[0])
    split = split_column or (_SPLIT_COLUMN if _SPLIT_COLUMN in columns else None)
    for name in ("file", label, split):
        if name is not None and name not in columns:
            found = ", ".join(printable(column) for column in columns if column) or "none"
            raise DataError(f"{table} has no column {name}. Its columns: {found}.")
    films, without_label = [], 0
    for number, values in enumerate(lines, start=2):
        if not values:
            continue
        if len(values) != len(columns):
            raise DataError(f"{table} is damaged: row {number} has {len(values)} values for {len(columns)} columns.")
        row = {name: value.strip() for name, value in zip(columns, values, strict=True)}
        if not row["file"]:
            raise DataError(f"{table} is damaged: row {number} names no file.")
        if row[label]:
            part = row[split] if split is not None else ONE_SPLIT
            films.append(_film(table, row, label=row[label], split=part or "(none)", where=f"row {number}"))
        else:
            without_label += 1
    left_out = "row without a value was" if without_label == 1 else "rows without a value were"
    remarks = [f"In the column {label} {without_label:,} {left_out} left out."] if without_label else []
    return make_listing(table.parent, f"the column {label} of {printable(table.name)}", films, remarks=remarks)


def _film(table: Path, row: dict[str, str], *, label: str, split: str, where: str) -> ListedFilm:
    try:
        width, height = (int(row.get(name) or 0) for name in ("original_width", "original_height"))
    except ValueError as error:
        raise DataError(f"{table} is damaged: {where} has a size that is not a whole number.") from error
    return ListedFilm(
        path=table.parent / row["file"],
        file=printable(row["file"]),
        split=printable(split),
        label=printable(label),
        patient=printable(row.get("patient", "")),
        original=(width, height) if width > 0 and height > 0 else None,
        geometry=printable(row.get("geometry", "")),
    )
