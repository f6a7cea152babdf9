"""Reading a tag that may hold one value or several."""

from __future__ import annotations

from typing import Any

from pydicom.multival import MultiValue


def first_value(value: Any) -> Any:
    """The value itself, or the first of several."""
    return value[0] if isinstance(value, (list, MultiValue)) else value


def all_values(value: Any) -> list[Any]:
    """Every value; none where the tag is absent or empty."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, MultiValue)) else [value]
