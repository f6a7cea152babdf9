from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.training.conftest import write_adult_manifest
from training.films import DataError, LabelledFilm
from training.shipped.adults import FINDINGS, WeakFilm, draw_weights, read_weak_films


@pytest.mark.parametrize(
    ("labels", "opacity"),
    [
        ("Pneumonia", 0.85),
        ("Atelectasis|Consolidation|Edema", 0.85),
        ("Atelectasis|Infiltration", 0.7),
        ("Edema;Effusion", 0.7),
        ("Effusion|Nodule", 0.4),
        ("No Finding", 0.05),
        ("Cardiomegaly|Hernia", 0.2),
    ],
)
def test_the_first_rule_that_is_named_counts(tmp_path: Path, labels: str, opacity: float) -> None:
    write_adult_manifest(
        tmp_path, [{"file": "a.jpg", "patient": "7", "view": "PA", "nih_labels": labels, "use": "weak"}]
    )
    (film,) = read_weak_films(tmp_path)
    assert film.opacity == opacity
    named = set(labels.replace(";", "|").split("|")) - {"No Finding"}
    assert {name for name, there in zip(FINDINGS, film.findings, strict=True) if there} == named


def test_findings_keep_their_order() -> None:
    assert len(FINDINGS) == 14
    assert list(FINDINGS) == sorted(FINDINGS)


def test_a_weak_film_is_what_its_row_says(tmp_path: Path) -> None:
    row = {"file": "images/a.jpg", "patient": "7", "view": "AP", "nih_labels": "Mass", "use": "weak"}
    write_adult_manifest(tmp_path, [{**row, "age": "61"}, {**row, "file": "b.jpg"}])
    known, unknown = read_weak_films(tmp_path)
    assert known.film == LabelledFilm(tmp_path / "images/a.jpg", 0, "7", -1)
    assert (known.view, known.age, unknown.age) == ("AP", 61.0, None)


def test_films_that_radiologists_read_are_not_learned_from(adult_films: Path) -> None:
    films = read_weak_films(adult_films)
    assert len(films) == 24
    lines = (adult_films / "manifest.csv").read_text().splitlines()
    read_by_people = {line.split(",")[0] for line in lines if line.endswith((",tune", ",report"))}
    assert len(read_by_people) == 24
    assert not read_by_people & {film.film.path.name for film in films}


def weak(opacity: float, view: str) -> WeakFilm:
    return WeakFilm(LabelledFilm(Path("a.jpg"), 0, "7", -1), opacity, (False,) * len(FINDINGS), view, None)


def test_opacities_clear_and_other_films_have_their_shares_whatever_their_number() -> None:
    counts = {0.85: (9, 2), 0.7: (3, 1), 0.4: (5, 8), 0.2: (1, 4), 0.05: (30, 3)}
    films = [
        weak(opacity, view) for opacity, each in counts.items() for view, count in zip(("PA", "AP"), each, strict=True)
        for _ in range(count)
    ]  # fmt: skip
    weights = draw_weights(films)
    assert weights.sum() == pytest.approx(1.0)
    for low, high, share in ((0.6, 1.0, 0.4), (0.0, 0.1, 0.3), (0.2, 0.4, 0.3)):
        for view in ("PA", "AP"):
            drawn = [
                weight for film, weight in zip(films, weights, strict=True)
                if film.view == view and low <= film.opacity <= high
            ]  # fmt: skip
            assert sum(drawn) == pytest.approx(share / 2)
            assert max(drawn) == min(drawn)


def test_shares_of_kinds_that_are_missing_go_to_the_others() -> None:
    weights = draw_weights([weak(0.85, "PA"), weak(0.05, "PA"), weak(0.05, "PA")])
    assert weights.tolist() == pytest.approx([4 / 7, 1.5 / 7, 1.5 / 7])


@pytest.mark.parametrize("content", [None, "file,patient\na.jpg,7\n", b"\xff\xfe", "old"])
def test_without_weak_films_there_is_one_sentence(tmp_path: Path, content: str | bytes | None) -> None:
    if content == "old":
        write_adult_manifest(tmp_path, [{"file": "a.jpg", "patient": "7", "age": "old", "use": "weak"}])
    elif content is not None:
        (tmp_path / "manifest.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError, match="Name the folder with the adult films"):
        read_weak_films(tmp_path)


def test_a_folder_without_weak_rows_is_one_sentence(tmp_path: Path) -> None:
    write_adult_manifest(tmp_path, [{"file": "a.jpg", "patient": "7", "view": "PA", "use": "tune"}])
    with pytest.raises(DataError, match="no films for weak use"):
        read_weak_films(tmp_path)


@pytest.mark.real_films
def test_no_patient_whose_films_radiologists_read_has_weak_films(films_folder: Path) -> None:
    films = read_weak_films(films_folder / "nih")
    with (films_folder / "nih/manifest.csv").open(newline="") as stream:
        read_by_people = {row["patient"] for row in csv.DictReader(stream) if row["use"] in ("tune", "report")}
    assert films
    assert read_by_people
    assert not read_by_people & {film.film.patient for film in films}
