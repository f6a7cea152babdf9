from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from engine.films.dicom.tags import MAX_DEPTH, MAX_ELEMENTS, read_tags
from engine.films.tags import FileTags, TagRow, TagsEnd
from tests.builders import dicom_bytes, packed_dicom

PIXELS = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
EVERY_WAY = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]


def row_of(tags: FileTags, tag: str) -> TagRow:
    (row,) = [row for row in tags.rows if row.tag == tag]
    return row


def element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    """One explicit, little-endian element of a short VR."""
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def headed(body: bytes, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A file of these elements."""
    return bytes(128) + b"DICM" + element(2, 0x10, b"UI", (syntax + "\0" * (len(syntax) % 2)).encode()) + body


def nested(depth: int, *, lengths: bool) -> bytes:
    """Sequences in sequences, with their lengths stated or not; the innermost holds a patient's id."""
    body, undefined = element(0x10, 0x20, b"LO", b"INNERMOST "), 0xFFFFFFFF
    heads, size = [], len(body)
    for _ in range(depth):
        outer, inner = (size + 8, size) if lengths else (undefined, undefined)
        heads.append(struct.pack("<HH2sHI4sI", 0x40, 0x275, b"SQ", 0, outer, b"\xfe\xff\x00\xe0", inner))
        size += len(heads[-1])
    ends = b"" if lengths else (b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0") * depth
    return b"".join(reversed(heads)) + body + ends


@pytest.mark.parametrize("syntax", EVERY_WAY)
def test_tags_have_number_name_vr_and_value(syntax: UID) -> None:
    tags = read_tags(dicom_bytes(PIXELS, syntax=syntax, PatientName="Amani^Neema", PixelSpacing=[0.14, 0.15]))
    assert tags.end is TagsEnd.WHOLE
    assert row_of(tags, "(0010,0010)") == TagRow(0, "(0010,0010)", "Patient's Name", "PN", "Amani^Neema")
    assert row_of(tags, "(0028,0030)").value == "0.14\\0.15"
    assert row_of(tags, "(0028,0010)").value == "64"
    assert row_of(tags, "(0002,0010)").value == f"{syntax} ({syntax.name})"
    assert row_of(tags, "(7FE0,0010)").value.startswith(f"{64 * 48 * 2:,} bytes: 00 00 ")
    assert len(row_of(tags, "(7FE0,0010)").value) < 80


@pytest.mark.parametrize("syntax", EVERY_WAY)
def test_items_lie_in_their_sequence(syntax: UID) -> None:
    inner, outer = Dataset(), Dataset()
    inner.CodeValue = "C1"
    outer.CodeValue, outer.ConceptCodeSequence = "C0", Sequence([inner])
    tags = read_tags(dicom_bytes(PIXELS, syntax=syntax, ProcedureCodeSequence=Sequence([outer, Dataset()])))
    start = [row.tag for row in tags.rows].index("(0008,1032)")
    assert [(row.depth, row.tag or row.name, row.value) for row in tags.rows[start : start + 7]] == [
        (0, "(0008,1032)", ""),
        (1, "Item 1", ""),
        (2, "(0008,0100)", "C0"),
        (2, "(0040,A168)", ""),
        (3, "Item 1", ""),
        (4, "(0008,0100)", "C1"),
        (1, "Item 2", ""),
    ]
    assert tags.rows[-1].tag == "(7FE0,0010)"


def test_packed_pixels_are_fragments() -> None:
    tags = read_tags(packed_dicom(PIXELS, RLELossless))
    assert tags.end is TagsEnd.WHOLE
    assert row_of(tags, "(7FE0,0010)").value == "in fragments"
    assert tags.rows[-1].name == "Fragment 2"
    assert tags.rows[-1].value.endswith(" bytes")


def test_a_deflated_data_set_is_unpacked() -> None:
    plain_bytes = dicom_bytes(PIXELS, PatientID="P-1")
    start = plain_bytes.index(b"\x08\x00\x16\x00UI")
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(plain_bytes[start:]) + packer.flush()
    tags = read_tags(headed(packed, DeflatedExplicitVRLittleEndian))
    assert tags.end is TagsEnd.WHOLE
    assert row_of(tags, "(0010,0020)").value == "P-1"
    broken = read_tags(headed(b"\xff" * 64, DeflatedExplicitVRLittleEndian))
    assert (broken.end, len(broken.rows)) == (TagsEnd.CUT_OFF, 1)


@pytest.mark.parametrize(
    ("charset", "name", "encoding"),
    [("ISO_IR 192", "Ngô^Thị", "utf-8"), ("ISO_IR 100", "Gómez", "latin-1"), ("ISO_IR 127", "أحمد", "iso8859_6")],
)
def test_names_are_read_in_their_own_writing(charset: str, name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    body = element(8, 5, b"CS", charset.encode()) + element(0x10, 0x10, b"PN", raw + b" " * (len(raw) % 2))
    assert read_tags(headed(body)).rows[-1].value == name


def test_an_unknown_character_set_is_no_end() -> None:
    body = element(8, 5, b"CS", b"NO\\SUCH!") + element(0x10, 0x10, b"PN", b"Neema ")
    assert read_tags(headed(body)).rows[-1].value == "Neema"


def test_values_are_one_line_of_plain_text() -> None:
    hostile = "<b>x</b>\r\n\x1b[31m\x00a\u202egnp.exe\u200f\u2028 end"
    raw = hostile.encode()
    body = element(8, 5, b"CS", b"ISO_IR 192") + element(0x10, 0x4000, b"LT", raw + b" " * (len(raw) % 2))
    value = read_tags(headed(body)).rows[-1].value
    assert value == r"<b>x</b>\r\n\x1b[31m\x00a\u202egnp.exe\u200f\u2028 end"
    assert value.isprintable()


def test_long_values_are_shortened() -> None:
    tags = read_tags(headed(element(0x10, 0x4000, b"LT", b"y" * 60_000)))
    assert tags.end is TagsEnd.WHOLE
    assert tags.rows[-1].value == "y" * 256 + "…"


def test_private_tags_have_the_names_that_are_known() -> None:
    body = element(0x19, 0x10, b"LO", b"GEMS_ACQU_01") + element(0x19, 0x1002, b"SL", struct.pack("<i", -7))
    body += element(0x29, 0x1010, b"LO", b"who knows ")
    rows = read_tags(headed(body)).rows
    assert rows[-3].name == "Private Creator"
    assert rows[-2].name == "Detector Channel"
    assert rows[-2].value == "-7"
    assert (rows[-1].name, rows[-1].value) == ("", "who knows")


def test_a_picture_has_no_tags(samples: Path) -> None:
    tags = read_tags((samples / "phantom-01.jpg").read_bytes())
    assert (tags.rows, tags.end) == ((), TagsEnd.NOT_DICOM)
    assert tags.end.sentence.count(".") == 1


@pytest.mark.parametrize("lengths", [True, False])
def test_nesting_has_an_end(lengths: bool) -> None:
    shallow = read_tags(headed(nested(5, lengths=lengths)))
    assert (shallow.end, shallow.rows[-1].value) == (TagsEnd.WHOLE, "INNERMOST")
    after = element(0x7777, 1, b"LO", b"AFTER ")
    deep = read_tags(headed(nested(3000, lengths=lengths) + after))
    assert deep.end is TagsEnd.TOO_DEEP
    assert max(row.depth for row in deep.rows) == MAX_DEPTH
    assert (deep.rows[-1].tag, deep.rows[-1].value) == ("(7777,0001)", "AFTER")
    deepest = read_tags(headed(nested(60_000, lengths=False)))
    assert deepest.end is TagsEnd.TOO_MANY


def test_a_hundred_thousand_elements_are_too_many() -> None:
    body = b"".join(element(0x5000 + place // 4000 * 2, place % 4000 + 1, b"SH", b"same") for place in range(100_000))
    tags = read_tags(headed(body))
    assert tags.end is TagsEnd.TOO_MANY
    assert len(tags.rows) == MAX_ELEMENTS


def test_a_file_gives_its_tags_up_to_where_it_is_cut() -> None:
    whole = dicom_bytes(PIXELS, PatientID="P-1", ProcedureCodeSequence=Sequence([Dataset(), Dataset()]))
    all_rows = read_tags(whole).rows
    seen = set()
    for length in range(133, len(whole), 7):
        tags = read_tags(whole[:length])
        # The last row may hold the part of a value that was still there.
        assert [row.tag for row in tags.rows] == [row.tag for row in all_rows[: len(tags.rows)]]
        assert tags.rows[:-1] == all_rows[: max(0, len(tags.rows) - 1)]
        seen.add(len(tags.rows))
    assert seen == set(range(len(all_rows) + 1))
    assert read_tags(whole[:-5]).end is TagsEnd.CUT_OFF


def test_damaged_files_raise_nothing() -> None:
    random = np.random.default_rng(7)
    start = packed_dicom(PIXELS[:8, :8], RLELossless, ProcedureCodeSequence=Sequence([Dataset()]))
    for _ in range(1500):
        damaged = bytearray(start)
        for place in random.integers(132, len(start), size=random.integers(1, 12)):
            damaged[place] = random.integers(0, 256)
        tags = read_tags(bytes(damaged))
        assert all(text.isprintable() for row in tags.rows for text in (row.tag, row.name, row.vr, row.value))


def test_what_pydicom_finds_is_found(samples: Path) -> None:
    for path in samples.glob("*.dcm"):
        tags = read_tags(path.read_bytes())
        expected = dcmread(path)
        listed = [(row.tag, row.name) for row in tags.rows if row.depth == 0]
        for stated in expected:
            assert (f"({stated.tag.group:04X},{stated.tag.element:04X})", stated.name) in listed


def test_a_file_without_preamble_or_syntax_is_read() -> None:
    dataset = dcmread(io.BytesIO(dicom_bytes(PIXELS, PatientID="P-1")))
    for implicit in (True, False):
        buffer = io.BytesIO()
        bare = Dataset(dataset)
        dcmwrite(buffer, bare, implicit_vr=implicit, little_endian=True)
        assert row_of(read_tags(buffer.getvalue()), "(0010,0020)").value == "P-1"
