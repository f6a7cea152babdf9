from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from engine.errors import OutputError
from engine.films.discovery import discover
from engine.screening.copying import copy_anonymised
from tests.builders import phantom, write_dicom
from tests.programs import reading_processes

TWELVE = np.round(phantom(340, 300) * 4095).astype(np.uint16)


def test_copies_are_named_after_nothing_and_what_cannot_be_copied_is_told(samples: Path, tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    write_dicom(films / "SMITH_JOHN.dcm", TWELVE, PatientName="SMITH^JOHN", PatientID="4711")
    write_dicom(films / "marked.dcm", TWELVE, PatientName="SMITH^JOHN", PatientID="4711", BurnedInAnnotation="YES")
    (films / "picture.jpg").write_bytes((samples / "phantom-01.jpg").read_bytes())
    (films / "damaged.dcm").write_bytes((films / "SMITH_JOHN.dcm").read_bytes()[:900])
    out = tmp_path / "out"
    copies = {Path(copy.file).name: copy for copy in copy_anonymised(discover([films, tmp_path / "gone"]), out)}
    assert {name: bool(copy.name) for name, copy in copies.items()} == {
        "SMITH_JOHN.dcm": True,
        "marked.dcm": True,
        "picture.jpg": False,
        "damaged.dcm": False,
        "gone": False,
    }
    assert "no DICOM file" in copies["picture.jpg"].problem
    assert "damaged" in copies["damaged.dcm"].problem
    assert not copies["SMITH_JOHN.dcm"].burned_in_text
    assert copies["marked.dcm"].burned_in_text
    written = sorted(path.name for path in out.iterdir())
    assert written == sorted(copy.name for copy in copies.values() if copy.name)
    assert all(len(name) == 28 and name.endswith(".dcm") for name in written)
    assert len({str(dcmread(out / name).PatientID) for name in written}) == 1
    assert not any(b"SMITH" in (out / name).read_bytes() or b"4711" in (out / name).read_bytes() for name in written)
    if os.name == "posix":
        assert {stat.S_IMODE((out / name).stat().st_mode) for name in written} == {0o600}
    assert reading_processes() == []


@pytest.mark.real_films
def test_real_films_keep_their_pixels(films_folder: Path, tmp_path: Path) -> None:
    films = discover([films_folder / "dicom" / "chest"])
    copies = list(copy_anonymised(films, tmp_path / "out"))
    assert any(copy.name for copy in copies)
    for found, copy in zip(films, copies, strict=True):
        if copy.name is None:
            continue
        before, after = dcmread(found.path, force=True), dcmread(tmp_path / "out" / copy.name)
        assert after.PixelData == before.PixelData
        assert after.SOPInstanceUID != before.SOPInstanceUID
        assert not any(element.tag.is_private for element in after.iterall())


def test_writing_in_the_picture_is_seen(samples: Path, tmp_path: Path) -> None:
    lettered = (phantom(900, 800) * 255).astype(np.uint8)
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.fromarray(lettered)
    ImageDraw.Draw(picture).text((30, 30), "SMITH JOHN 4711", fill=255, font=ImageFont.load_default(28))
    write_dicom(tmp_path / "film.dcm", np.asarray(picture))
    (copy,) = copy_anonymised(discover([tmp_path / "film.dcm"]), tmp_path / "out")
    assert copy.burned_in_text


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        list(copy_anonymised([], tmp_path / "file"))
