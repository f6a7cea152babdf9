from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.evaluate.made_up import draw_film, write_manifest
from training.evaluate.known import FilmSet, Kind, Rectangle
from training.evaluate.reading import read_film_set
from training.films import DataError


def by_fold(folder: Path, **changes: object) -> Path:
    kinds = ("normal", "bacteria", "virus")
    rows = [
        {"file": f"{n}.png", "split": "train", "subtype": kinds[n % 3], "patient": f"p{n}", "fold": n // 3, **changes}
        for n in range(9)
    ]
    rows.append({**rows[0], "file": "exam.png", "split": "val", "fold": 0})
    return write_manifest(folder, rows)


def by_use(folder: Path, *, boxes: str = "512,256,256,128;0,0,1024,512") -> Path:
    blank: dict[str, object] = {"sex": "F", "boxes_xywh_1024": ""}
    return write_manifest(
        folder,
        [
            {"file": "a.png", "patient": "1", "age": "59", "view": "PA", "target": "normal", "use": "tune", **blank},
            {"file": "b.png", "patient": "2", "age": "", "view": "ap", "target": "pneumonia_opacity", "use": "tune",
             **blank, "boxes_xywh_1024": boxes},
            {"file": "c.png", "patient": "3", "age": "400", "view": "PA", "target": "abnormal_no_opacity",
             "use": "tune", **blank},
            {"file": "d.png", "patient": "4", "age": "3", "view": "PA", "target": "normal", "use": "report", **blank},
            {"file": "e.png", "patient": "5", "age": "3", "view": "PA", "target": "pneumonia_opacity",
             "use": "report", **blank},
            {"file": "f.png", "patient": "6", "age": "3", "view": "PA", "target": "", "use": "weak", **blank},
        ],
    )  # fmt: skip


def files(films: FilmSet) -> list[str]:
    return [film.file for film in films.films]


def test_folds_are_picked_from_the_training_split(tmp_path: Path) -> None:
    data = by_fold(tmp_path)
    assert files(read_film_set(data)) == ["0.png", "1.png", "2.png"]
    films = read_film_set(data, folds=(0, 2))
    assert files(films) == ["0.png", "1.png", "2.png", "6.png", "7.png", "8.png"]
    assert [film.kind for film in films.films[:3]] == [Kind.NORMAL, Kind.BACTERIAL, Kind.VIRAL]
    assert films.films[0].patient == "p0"
    assert films.warnings == ()


def test_uses_are_picked_and_boxes_become_shares_of_the_film(tmp_path: Path) -> None:
    films = read_film_set(by_use(tmp_path))
    assert files(films) == ["a.png", "b.png", "c.png"]
    assert [film.kind for film in films.films] == [Kind.NORMAL, Kind.OPACITY, Kind.OTHER]
    assert films.films[1].boxes == (Rectangle(0.5, 0.25, 0.75, 0.375), Rectangle(0.0, 0.0, 1.0, 0.5))
    assert [film.view for film in films.films] == ["PA", "AP", "PA"]
    assert [film.age_years for film in films.films] == [59.0, None, None]
    assert films.finding == "opacity"


def test_films_kept_for_reporting_come_with_a_warning(tmp_path: Path) -> None:
    films = read_film_set(by_use(tmp_path), use="report")
    assert files(films) == ["d.png", "e.png"]
    assert "chosen" in films.warnings[0]


def test_without_patients_every_film_is_its_own_and_the_reader_is_warned(tmp_path: Path) -> None:
    films = read_film_set(by_fold(tmp_path, patient=""))
    assert len({film.patient for film in films.films}) == len(films.films)
    assert "Patients are unknown" in films.warnings[0]


def test_folders_named_by_class(tmp_path: Path) -> None:
    for name in ("test/NORMAL/a.png", "test/PNEUMONIA/person1_virus_2.png", "test/PNEUMONIA/b.png", "test/notes/x.png"):
        draw_film(tmp_path / name, 1)
    films = read_film_set(tmp_path)
    assert files(films) == ["test/NORMAL/a.png", "test/PNEUMONIA/b.png", "test/PNEUMONIA/person1_virus_2.png"]
    assert [film.kind for film in films.films] == [Kind.NORMAL, Kind.PNEUMONIA, Kind.VIRAL]
    assert len(films.warnings) == 1
    assert files(read_film_set(tmp_path / "test")) == [name.removeprefix("test/") for name in files(films)]
    draw_film(tmp_path / "train/NORMAL/c.png", 1)
    assert "Several splits" in read_film_set(tmp_path).warnings[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"folds": (0, 7)}, "no fold 7"),
        ({"use": "tune"}, "--use chooses nothing"),
    ],
)
def test_a_manifest_with_folds_refuses(tmp_path: Path, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_film_set(by_fold(tmp_path), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"use": "weak"}, "Choose from: report, tune"),
        ({"folds": (0,)}, "--folds chooses nothing"),
    ],
)
def test_a_manifest_with_uses_refuses(tmp_path: Path, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_film_set(by_use(tmp_path), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("boxes", ["1,2,3", "a,b,c,d"])
def test_boxes_that_cannot_be_read(tmp_path: Path, boxes: str) -> None:
    with pytest.raises(DataError, match=r"boxes of b\.png"):
        read_film_set(by_use(tmp_path, boxes=boxes))


def test_data_that_cannot_be_measured_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder"):
        read_film_set(tmp_path / "missing")
    with pytest.raises(DataError, match="no films to measure on"):
        read_film_set(tmp_path)
    with pytest.raises(DataError, match="no films without pneumonia"):
        read_film_set(by_fold(tmp_path / "ill", subtype="virus"))
    with pytest.raises(DataError, match=r"subtype of 0\.png is unknown"):
        read_film_set(by_fold(tmp_path / "unknown", subtype="fungus"))
    with pytest.raises(DataError, match="names no file in row 2"):
        read_film_set(by_fold(tmp_path / "nameless", file=""))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.csv").write_bytes(b"file,split\n\xff\xfe\n")
    with pytest.raises(DataError, match="cannot be read as a table"):
        read_film_set(tmp_path / "broken")
