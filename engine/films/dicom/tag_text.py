"""Names and values of DICOM elements as one line of text that can be printed, whatever bytes they hold."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes, default_encoding
from pydicom.datadict import (
    dictionary_description,
    dictionary_VR,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.uid import UID
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

MAX_LETTERS = 256
MAX_VALUE_BYTES = 4 * MAX_LETTERS  # a letter takes four bytes at most
_SHOWN_BYTES = 16
_IN_CHARACTER_SET = frozenset({"SH", "LO", "ST", "LT", "UC", "UT", "PN"})
_IN_ASCII = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}


@lru_cache(maxsize=4096)
def name_and_vr(tag: int, owner: str) -> tuple[str, str]:
    """Name and value representation by pydicom's tables; empty and `UN` where they do not know the tag.

    Args:
        tag: Group and element in 32 bits.
        owner: Who made a private tag; empty for others.
    """
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return "Group Length", "UL"
    if group % 2:
        if 0x10 <= element <= 0xFF:
            return "Private Creator", "LO"
        return (
            _looked_up(lambda: private_dictionary_description(tag, owner), ""),
            _looked_up(lambda: private_dictionary_VR(tag, owner), "UN"),
        )
    return _looked_up(lambda: dictionary_description(tag), ""), _looked_up(lambda: dictionary_VR(tag), "UN")


def encodings_of(character_set: bytes) -> list[str]:
    """Python's names of the character sets that a data set states; the default one where they are none."""
    names = character_set.decode("ascii", "replace").strip("\0 ").split("\\")
    try:
        return list(convert_encodings([name.strip() for name in names]))
    except (LookupError, ValueError):
        return [default_encoding]


def value_text(vr: str, value: bytes, *, length: int, little: bool, encodings: Sequence[str]) -> str:
    """A value in words.

    Args:
        vr: Value representation; of one like `US or SS` the first counts.
        value: Its first bytes, `MAX_VALUE_BYTES` of them where it is longer.
        length: How many bytes it has in the file.
        little: Whether numbers have their least byte first.
        encodings: Of the data set.
    """
    kind = vr[:2]
    if kind in _IN_CHARACTER_SET or kind in _IN_ASCII:
        text = _decoded(value, encodings) if kind in _IN_CHARACTER_SET else value.decode("latin-1")
        text = text.rstrip("\0 ")
        return plain(_with_name(text) if kind == "UI" else text, cut=length > len(value))
    if kind == "AT":
        groups = _unpacked("H", value, little)
        pairs = zip(groups[::2], groups[1::2], strict=False)
        return plain("\\".join(f"({group:04X},{element:04X})" for group, element in pairs), cut=length > len(value))
    if kind in _NUMBERS:
        numbers = _unpacked(_NUMBERS[kind], value, little)
        return plain(
            "\\".join(f"{number:.7g}" if kind in ("FL", "FD") else str(number) for number in numbers),
            cut=length > len(value),
        )
    if not length:
        return ""
    shown = value[:_SHOWN_BYTES].hex(" ") + (" …" if length > _SHOWN_BYTES else "")
    return f"{length:,} bytes: {shown}"


def plain(text: str, *, cut: bool = False) -> str:
    """Text shortened to one line. What cannot be printed, or turns the direction of writing, is shown by its code.

    Args:
        text: Of the file.
        cut: Whether it is the beginning of a longer one.
    """
    shortened = text[:MAX_LETTERS]
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in shortened
    )
    return shown + "…" if cut or len(text) > MAX_LETTERS else shown


def _looked_up(look: Callable[[], str], otherwise: str) -> str:
    try:
        return look()
    except KeyError:
        return otherwise


def _decoded(value: bytes, encodings: Sequence[str]) -> str:
    try:
        return str(decode_bytes(value, encodings, TEXT_VR_DELIMS | PN_DELIMS | {ord("\\")}))
    except (LookupError, ValueError):
        return value.decode("latin-1")


def _with_name(uid: str) -> str:
    name = UID(uid).name if uid.startswith("1.2.840.10008.") else uid
    return uid if name == uid else f"{uid} ({name})"


def _unpacked(letter: str, value: bytes, little: bool) -> tuple[int | float, ...]:
    size = struct.calcsize(f"={letter}")
    count = len(value) // size
    return struct.unpack(f"{'<' if little else '>'}{count}{letter}", value[: count * size])
