from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.explore.conftest import draw_film
from training.explore.findings import Findings, find, warnings_of
from training.explore.measures import count_films, find_cues, known_sizes, patients_across_splits
from training.explore.reading import read_films
from training.explore.report import list_films
from training.films import DataError


def look_at(data: Path) -> Findings:
    listing = list_films(data)
    return find(listing, read_films(listing, listing.films))


def test_unreadable_films_are_counted_with_their_reason_and_skipped(in_folders: Path) -> None:
    (in_folders / "train" / "NORMAL" / "0.png").write_bytes(b"no picture")
    (in_folders / "val" / "PNEUMONIA" / "9.png").write_bytes(b"")
    found = look_at(in_folders)
    lost = {one.film.file: one.sentence for one in found.read.unreadable}
    assert set(lost) == {"train/NORMAL/0.png", "val/PNEUMONIA/9.png"}
    assert "not a picture" in lost["train/NORMAL/0.png"]
    assert "empty" in lost["val/PNEUMONIA/9.png"]
    assert count_films(found.read.films)["train", "NORMAL"] == 2
    assert len(found.read.films) == len(found.read.copies) == len(found.read.labels) == 8
    assert any("2 films of 10 could not be read" in sentence for sentence in warnings_of(found))


def test_a_class_that_cannot_be_read_at_all_is_refused(in_folders: Path) -> None:
    for film in in_folders.glob("*/NORMAL/*"):
        film.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"No film of the class NORMAL can be read.*train/NORMAL/0\.png"):
        look_at(in_folders)


def test_facts_and_means_are_those_of_the_films(tmp_path: Path) -> None:
    for label, dark, bright in (("NORMAL", 51, 102), ("PNEUMONIA", 102, 204)):
        pixels = np.full((40, 60), dark, dtype=np.uint8)
        pixels[:, 30:] = bright
        (tmp_path / label).mkdir()
        Image.fromarray(pixels).save(tmp_path / label / "a.png")
    read = look_at(tmp_path).read
    assert read.sizes.tolist() == [[60, 40], [60, 40]]
    assert read.brightness == pytest.approx([0.3, 0.6], abs=1e-6)
    assert read.contrast == pytest.approx([0.1, 0.2], abs=1e-6)
    assert read.by_class[0].tones[[12, 25]] == pytest.approx([0.5, 0.5])
    assert read.by_class[1].prepared_tones[[0, -1]] == pytest.approx([63 / 128, 63 / 128])  # 2 of 128 columns blend
    assert read.by_class[0].mean[:, :60].max() == pytest.approx(0.0, abs=1e-6)
    assert read.by_class[0].mean[:, 68:].min() == pytest.approx(1.0, abs=1e-6)


def test_a_patient_on_two_sides_is_found(in_manifest: Path) -> None:
    found = look_at(in_manifest)
    assert [(one.patient, one.films) for one in found.across] == [("p0", {"train": 2, "val": 1})]
    assert found.mixed_patients == 1
    assert "1 patient has films in more than one split (3 films)" in warnings_of(found)[0]
    apart = [film for film in found.read.films if film.file != "58.png"]
    assert patients_across_splits(apart) == []


def test_without_patients_the_report_warns(in_folders: Path) -> None:
    assert warnings_of(look_at(in_folders))[0].startswith("No patients are named.")


def test_shape_that_betrays_the_class_is_told(in_manifest: Path) -> None:
    """The shapes of the classes never overlap, in the file or in the original; the geometry says nothing."""
    found = look_at(in_manifest)
    told = {cue.name: cue.told for cue in find_cues(found.read)}
    assert told["width to height of the file"] == (1.0, 1.0)
    assert told["geometry kept"] == (0.5, 0.5)
    assert told["width to height of the original"] == (None, None)  # 16 and 14 films: too few
    index, sizes = known_sizes(found.read)
    assert index.tolist() == list(range(1, 60, 2))
    assert {tuple(size) for size in sizes.tolist()} == {(1000, 900), (1000, 600)}
    assert any(
        "width to height of the file alone tells NORMAL from PNEUMONIA (AUROC 1.00)" in s for s in warnings_of(found)
    )


def test_a_single_class_is_warned_of(in_folders: Path) -> None:
    for split in ("train", "val"):
        shutil.rmtree(in_folders / split / "PNEUMONIA")
    found = look_at(in_folders)
    assert found.cues == ()
    assert any(sentence.startswith("There is only one class, NORMAL.") for sentence in warnings_of(found))


def test_small_splits_are_warned_of_only_where_they_are_small(in_manifest: Path) -> None:
    few = [sentence for sentence in warnings_of(look_at(in_manifest)) if "holds only" in sentence]
    assert few[1].startswith("The split val holds only 10 NORMAL, 10 PNEUMONIA:")


def test_a_class_missing_from_a_split_counts_as_none(in_folders: Path) -> None:
    draw_film(in_folders / "val" / "VIRAL" / "v.png", seed=99, label="VIRAL")
    found = look_at(in_folders)
    assert found.counts["train", "VIRAL"] == 0
    assert any("0 VIRAL" in sentence for sentence in warnings_of(found))
