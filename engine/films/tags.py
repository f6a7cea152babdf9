"""What the tag browser shows of a DICOM file: rows of plain text, and how far the reading came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TagsEnd(StrEnum):
    """Where reading the tags of a file came to its end."""

    WHOLE = "whole"
    CUT_OFF = "cut_off"
    TOO_MANY = "too_many"
    TOO_DEEP = "too_deep"
    NOT_DICOM = "not_dicom"

    @property
    def sentence(self) -> str:
        """One sentence where there is something to know; empty for a file that was read whole."""
        return _SENTENCES[self]


_SENTENCES = {
    TagsEnd.WHOLE: "",
    TagsEnd.CUT_OFF: "The file is damaged or cut off here. These are the tags up to that place.",
    TagsEnd.TOO_MANY: "The file holds more tags than a film has. Only the first ones are listed.",
    TagsEnd.TOO_DEEP: "The file holds tags within tags deeper than any film. The deepest are not listed.",
    TagsEnd.NOT_DICOM: "This file has no tags: only DICOM files have them.",
}


@dataclass(frozen=True, slots=True)
class TagRow:
    """One element of a data set, or one item of a sequence, as text that can be printed.

    Attributes:
        depth: 0 for an element of the file itself; an item lies one deeper than its sequence.
        tag: Such as `(0010,0020)`; empty for an item.
        name: As the standard has it; empty where neither it nor pydicom's table of private tags knows the tag.
        vr: Value representation, such as `LO`; empty for an item.
        value: One line, shortened.
    """

    depth: int
    tag: str
    name: str
    vr: str
    value: str


@dataclass(frozen=True, slots=True)
class FileTags:
    """The tags of a file in its order."""

    rows: tuple[TagRow, ...]
    end: TagsEnd
