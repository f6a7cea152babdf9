from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.training.explore.conftest import draw_film, write_manifest
from training.explore.report import list_films
from training.films import DataError


def listed(data: Path) -> Counter[tuple[str, str]]:
    return Counter((film.split, film.label) for film in list_films(data).films)


def test_folders_give_split_and_class(in_folders: Path) -> None:
    assert listed(in_folders) == {
        ("train", "NORMAL"): 3, ("train", "PNEUMONIA"): 4, ("val", "NORMAL"): 1, ("val", "PNEUMONIA"): 2,
    }  # fmt: skip
    listing = list_films(in_folders)
    assert (listing.name, listing.classes, listing.splits) == ("films", ("NORMAL", "PNEUMONIA"), ("train", "val"))
    assert listing.films[0].file == "train/NORMAL/0.png"


def test_class_folders_alone_are_one_split(in_folders: Path) -> None:
    assert listed(in_folders / "train") == {("all", "NORMAL"): 3, ("all", "PNEUMONIA"): 4}


def test_what_is_no_class_folder_is_passed_over_and_said(in_folders: Path) -> None:
    draw_film(in_folders / "spare" / "x.png", seed=1, label="NORMAL")
    draw_film(in_folders / "__MACOSX" / "train" / "x.png", seed=1, label="NORMAL")
    (in_folders / "train" / "NORMAL" / ".hidden").write_bytes(b"")
    listing = list_films(in_folders)
    assert len(listing.films) == 10
    assert [remark for remark in listing.remarks if "spare" in remark] == list(listing.remarks)


def test_a_manifest_is_read_with_what_it_says(in_manifest: Path) -> None:
    films = list_films(in_manifest).films
    assert len(films) == 60
    assert (films[0].original, films[0].geometry, films[0].patient) == (None, "squashed", "p0")
    assert (films[1].original, films[1].geometry, films[1].path) == ((1000, 900), "kept", in_manifest / "1.png")
    assert list_films(in_manifest / "manifest.csv").films == films


def test_other_columns_can_be_named_and_rows_without_a_class_are_counted(tmp_path: Path) -> None:
    write_manifest(tmp_path, [
        {"file": "a.png", "use": "tune", "target": "normal"},
        {"file": "b.png", "use": "report", "target": "opacity"},
        {"file": "c.png", "use": "weak", "target": ""},
    ])  # fmt: skip
    listing = list_films(tmp_path, label_column="target", split_column="use")
    assert [(film.split, film.label) for film in listing.films] == [("tune", "normal"), ("report", "opacity")]
    assert listing.splits == ("tune", "report")
    assert listing.remarks == ("In the column target 1 row without a value was left out.",)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "no column file"),
        (b"file,split\na.png,train\n", "no column label. Its columns: file, split"),
        (b"file;split;label\na.png;train;NORMAL\n", "no column file"),
        (b"file,split,label\n", "gives no film a class"),
        (b"file,split,label\na.png,train\n", "row 2 has 2 values for 3 columns"),
        (b"file,split,label\n,train,NORMAL\n", "row 2 names no file"),
        (b"file,label,original_width\na.png,NORMAL,wide\n", "row 2 has a size that is not a whole number"),
        (b'file,label\n"a.png,NORMAL\n', "is damaged: unexpected end of data"),
        (b"file,label\n\xff\xfe.png,NORMAL\n", "not a table in UTF-8"),
        (b"file,label\n" + b"".join(b"%d.png,class %d\n" % (n, n) for n in range(13)), "names 13 classes"),
    ],
)
def test_a_damaged_manifest_is_one_sentence(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(DataError) as caught:
        list_films(tmp_path)
    assert part in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_a_column_is_asked_of_a_manifest_only(in_folders: Path) -> None:
    with pytest.raises(DataError, match="Only a manifest has columns"):
        list_films(in_folders, label_column="target")


def test_missing_and_empty_folders_are_named(in_folders: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder"):
        list_films(tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    with pytest.raises(DataError, match="SPLIT/CLASS/FILM"):
        list_films(tmp_path / "bare")
    (in_folders / "val" / "VIRAL").mkdir()
    with pytest.raises(DataError, match=r"VIRAL is empty"):
        list_films(in_folders)
