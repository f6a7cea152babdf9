"""The tags of a DICOM file as rows of plain text, also where the file is damaged.

pydicom reads a data set whole or not at all, and sequences by recursion. A browser wants what there is up to the
damage, within bounds on number, depth and length, so the elements (PS3.5 chapter 7) are walked here one after another;
values are only touched where they are shown. Names, private tags, UIDs and character sets are pydicom's.
"""

from __future__ import annotations

import warnings
import zlib
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from pydicom.charset import default_encoding
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from engine.errors import FilmFailedError
from engine.films import bounds
from engine.films.dicom.file import is_dicom
from engine.films.dicom.tag_text import MAX_VALUE_BYTES, encodings_of, name_and_vr, plain, value_text
from engine.films.tags import FileTags, TagRow, TagsEnd

MAX_ELEMENTS = 20_000
MAX_DEPTH = 24

_META_GROUP = 0x0002
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_TRANSFER_SYNTAX, _CHARACTER_SET = 0x00020010, 0x00080005
_KNOWN_VRS = frozenset(vr.value.encode() for vr in VR if len(vr.value) == 2)
_LONG_VRS = frozenset(vr.value for vr in EXPLICIT_VR_LENGTH_32)


def read_tags(data: bytes) -> FileTags:
    """The tags of a file; none where it is no DICOM file. Whatever the file holds, this raises nothing."""
    if not is_dicom(data):
        return FileTags((), TagsEnd.NOT_DICOM)
    rows: list[TagRow] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        end = _Walk(data, rows).run()
    return FileTags(tuple(rows), end)


class _Kind(Enum):
    DATA_SET = auto()
    SEQUENCE = auto()
    FRAGMENTS = auto()


@dataclass(slots=True)
class _Level:
    """What is being read: its end in bytes, or None up to its delimiter; and how its elements are written."""

    kind: _Kind
    end: int | None
    implicit: bool
    encodings: list[str]
    depth: int
    items: int = 0
    owners: dict[int, str] = field(default_factory=dict)  # of private tags, by group and block


@dataclass(frozen=True, slots=True)
class _Head:
    """Tag, VR and length of an element, and whether elements inside it are written without their VR."""

    tag: int
    vr: str
    length: int
    implicit: bool = False


class _CutOffError(Exception):
    """The file ends, or cannot be followed further."""


class _Walk:
    """Goes through the elements of a file without recursion, since a file may nest them as deep as it likes."""

    def __init__(self, data: bytes, rows: list[TagRow]) -> None:
        self._data, self._rows = data, rows
        self._place = 132 if data[128:132] == b"DICM" else 0
        self._order: Literal["little", "big"] = "little"
        self._levels: list[_Level] = []
        self._left_out = False

    def run(self) -> TagsEnd:
        """Fill the rows, and say where that ended."""
        try:
            self._start_data_set(self._read_file_meta())
            for _ in range(MAX_ELEMENTS - len(self._rows)):
                if not self._step():
                    return TagsEnd.TOO_DEEP if self._left_out else TagsEnd.WHOLE
        except (_CutOffError, FilmFailedError):
            return TagsEnd.CUT_OFF
        return TagsEnd.TOO_MANY

    def _read_file_meta(self) -> str:
        """The rows of group 0002, which is always explicit and little-endian; its transfer syntax, or nothing."""
        syntax = ""
        meta = _Level(_Kind.DATA_SET, None, False, [default_encoding], 0)
        while self._bytes(self._place, 2) == b"\x02\x00" and len(self._rows) < MAX_ELEMENTS:
            head = self._head(meta)
            if head.length == _UNDEFINED:
                raise _CutOffError
            value = self._read_value(meta, head)
            if head.tag == _TRANSFER_SYNTAX:
                syntax = value.decode("ascii", "replace").strip("\0 ")
        return syntax

    def _start_data_set(self, syntax: str) -> None:
        if syntax == DeflatedExplicitVRLittleEndian:
            packed = self._data[self._place :]
            try:
                bounds.check_inflated(packed)
                self._data, self._place = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed), 0
            except zlib.error as error:
                raise _CutOffError from error
        start = self._bytes(self._place, 6)
        if syntax == ExplicitVRBigEndian or (not syntax and start[:2] == b"\0\x08"):
            self._order = "big"
        # Files lie about it, and the bytes do not: what stands in the place of a VR is one, or it is a length.
        implicit = start[4:6] not in _KNOWN_VRS and (syntax == ImplicitVRLittleEndian or not start[4:6].isalpha())
        self._levels = [_Level(_Kind.DATA_SET, len(self._data), implicit, [default_encoding], 0)]

    def _step(self) -> bool:
        """Read one element or delimiter; False at the end of the file."""
        while self._levels and self._levels[-1].end is not None and self._place >= self._levels[-1].end:
            self._levels.pop()
        if not self._levels:
            return False
        level = self._levels[-1]
        if level.kind is _Kind.DATA_SET and not self._bytes(self._place, 8).strip(b"\0") and len(self._levels) == 1:
            return False  # what follows the last element is padding
        head = self._head(level)
        if head.tag in (_ITEM, _ITEM_END, _SEQUENCE_END):
            self._delimit(level, head)
        elif level.kind is not _Kind.DATA_SET:
            raise _CutOffError
        elif head.vr == "SQ" or (head.length == _UNDEFINED and head.vr == "UN"):
            self._add(level, head, "")
            self._open(_Kind.SEQUENCE, head.length, level, implicit=level.implicit or head.implicit)
        elif head.length == _UNDEFINED:
            self._add(level, head, "in fragments")
            self._open(_Kind.FRAGMENTS, head.length, level, implicit=level.implicit)
        else:
            self._read_value(level, head)
        return True

    def _read_value(self, level: _Level, head: _Head) -> bytes:
        """Add a row for an element that has a value, and return the beginning of it."""
        group, element = head.tag >> 16, head.tag & 0xFFFF
        value = self._bytes(self._place, min(head.length, MAX_VALUE_BYTES))
        if head.tag == _CHARACTER_SET:
            level.encodings = encodings_of(value)
        little = self._order == "little" or group == _META_GROUP
        words = value_text(head.vr, value, length=head.length, little=little, encodings=level.encodings)
        if group % 2 and 0x10 <= element <= 0xFF:
            level.owners[group << 16 | element] = words
        self._add(level, head, words)
        self._place += head.length
        if self._place > len(self._data):
            raise _CutOffError
        return value

    def _delimit(self, level: _Level, head: _Head) -> None:
        if head.tag == _ITEM and level.kind is _Kind.SEQUENCE:
            level.items += 1
            self._append(TagRow(level.depth, "", f"Item {level.items}", "", ""))
            self._open(_Kind.DATA_SET, head.length, level, implicit=level.implicit)
        elif head.tag == _ITEM and level.kind is _Kind.FRAGMENTS and head.length != _UNDEFINED:
            level.items += 1
            self._append(TagRow(level.depth, "", f"Fragment {level.items}", "", f"{head.length:,} bytes"))
            self._place += head.length
        elif (head.tag == _ITEM_END and level.kind is _Kind.DATA_SET and len(self._levels) > 1) or (
            head.tag == _SEQUENCE_END and level.kind is not _Kind.DATA_SET
        ):
            self._levels.pop()
        else:
            raise _CutOffError

    def _open(self, kind: _Kind, length: int, parent: _Level, *, implicit: bool) -> None:
        end: int | None = self._place + length
        if length == _UNDEFINED or self._place + length > len(self._data):
            end = None  # its delimiter ends it, or the end of the file, which is then told
        self._levels.append(_Level(kind, end, implicit, parent.encodings, parent.depth + 1))

    def _head(self, level: _Level) -> _Head:
        """Read tag, VR and length of the next element."""
        start = self._take(8)
        tag = self._number(start[:2]) << 16 | self._number(start[2:4])
        if tag in (_ITEM, _ITEM_END, _SEQUENCE_END):
            return _Head(tag, "", self._number(start[4:]))
        written = start[4:6]
        _, known = name_and_vr(tag, self._owner(level, tag))
        if level.implicit or not (written.isalpha() and written.isupper()):
            return _Head(tag, known, self._number(start[4:]), implicit=True)
        vr = written.decode("ascii")
        if vr == "UN":  # what its writer did not know is written without VRs (PS3.5 6.2.2)
            return _Head(tag, known, self._number(self._take(4)), implicit=True)
        return _Head(tag, vr, self._number(self._take(4)) if vr in _LONG_VRS else self._number(start[6:]))

    def _add(self, level: _Level, head: _Head, words: str) -> None:
        group, element = head.tag >> 16, head.tag & 0xFFFF
        name, _ = name_and_vr(head.tag, self._owner(level, head.tag))
        self._append(TagRow(level.depth, f"({group:04X},{element:04X})", plain(name), head.vr, words))

    def _append(self, row: TagRow) -> None:
        if row.depth <= MAX_DEPTH:
            self._rows.append(row)
        else:
            self._left_out = True

    def _owner(self, level: _Level, tag: int) -> str:
        """Who made a private tag; empty for one of the standard's."""
        group, element = tag >> 16, tag & 0xFFFF
        return level.owners.get(group << 16 | element >> 8, "") if group % 2 and element > 0xFF else ""

    def _take(self, count: int) -> bytes:
        taken = self._bytes(self._place, count)
        if len(taken) < count:
            raise _CutOffError
        self._place += count
        return taken

    def _bytes(self, place: int, count: int) -> bytes:
        return self._data[place : place + count]

    def _number(self, raw: bytes) -> int:
        return int.from_bytes(raw, self._order)
