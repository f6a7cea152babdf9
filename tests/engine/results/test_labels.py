from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import LabelsError
from engine.results.labels import label_of, labels_of_folders, match_labels, read_label_folder, read_labels
from engine.results.store import Store
from tests.engine.results.made_up import make_run, make_scored


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("PNEUMONIA", True),
        (" viral ", True),
        ("1", True),
        ("NORMAL", False),
        ("no_pneumonia", False),
        ("0", False),
        ("other_finding", None),
        ("cannot_tell", None),
        ("", None),
        ("2", None),
    ],
)
def test_words_of_labels(word: str, label: bool | None) -> None:
    assert label_of(word) is label


def test_a_table_is_read(tmp_path: Path) -> None:
    text = "File,note,LABEL\nset/a.png,x,Pneumonia\nset\\b.png,,normal\n رئة.png ,,1\nc.png,,other\n,,normal\n"
    assert read_labels(table(tmp_path, text, "utf-8-sig")) == {"set/a.png": True, "set/b.png": False, "رئة.png": True}


def test_a_table_as_many_offices_write_it(tmp_path: Path) -> None:
    assert read_labels(table(tmp_path, "file;label\na.png;normal\n")) == {"a.png": False}


def test_a_file_labelled_both_ways_has_no_label(tmp_path: Path) -> None:
    text = "file,label\na.png,normal\nb.png,normal\na.png,pneumonia\nb.png,normal\n"
    assert read_labels(table(tmp_path, text)) == {"b.png": False}


@pytest.mark.parametrize(
    "text", ["", "file,label\n", "name,label\na.png,normal\n", "file,label\na.png,maybe\n", "file\na"]
)
def test_a_table_without_labels_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(LabelsError, match="columns file and label"):
        read_labels(table(tmp_path, text))


def test_a_table_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="CSV in UTF-8"):
        read_labels(tmp_path / "missing.csv")
    with pytest.raises(LabelsError, match="CSV in UTF-8"):
        read_labels(table(tmp_path, "file,label\né,normal\n", "latin-1"))


def test_the_nearest_folder_decides() -> None:
    files = ["data/NORMAL/a.png", "data/pneumonia/b.png", "NORMAL/PNEUMONIA/c.png", "NORMAL/sub/d.png", "NORMAL.png"]
    labels = {"data/NORMAL/a.png": False, "data/pneumonia/b.png": True, "NORMAL/PNEUMONIA/c.png": True}
    assert labels_of_folders(files) == labels | {"NORMAL/sub/d.png": False}


def test_files_are_matched_by_whole_name_then_by_their_own() -> None:
    labels = {"x/a.png": True, "b.png": False, "c.png": True, "y/d.png": True, "z/d.png": True}
    films = [(1, "x/a.png"), (2, "in/b.png"), (3, "p/c.png"), (4, "q/c.png"), (5, "in/d.png"), (6, "y/d.png")]
    assert match_labels(labels, films) == {1: True, 2: False, 6: True}


def test_a_film_labelled_both_ways_has_no_label() -> None:
    labels = {"NORMAL/a.png": False, "PNEUMONIA/b.png": True}
    assert match_labels(labels, [(1, "NORMAL/a.png"), (1, "PNEUMONIA/b.png")]) == {}


def test_a_session_keeps_its_labels(store: Store) -> None:
    def session(run: str) -> tuple[int, list[int]]:
        session_id = store.sessions.start(make_run(run), []).session_id
        results = [replace(make_scored(index, 0.5), file=f"in/{index}.png") for index in range(3)]
        return session_id, store.results.add(session_id, results)

    (first, films), (second, _) = session("one"), session("two")
    assert store.references.keep(first, {"0.png": True, "in/1.png": False, "9.png": True}) == 2
    assert store.references.of_session(first) == {films[0]: True, films[1]: False}
    assert store.references.of_session(second) == {}
    assert store.references.keep(first, {"2.png": False}) == 1
    assert store.references.of_session(first) == {films[2]: False}


def test_a_folder_says_by_the_names_in_it_what_its_files_are(tmp_path: Path) -> None:
    """A folder above called NORMAL says nothing; the folder chosen may be one of the classes itself."""
    chosen = tmp_path / "normal" / "val"
    for file in ("NORMAL/a.png", "PNEUMONIA/b.png", "PNEUMONIA/sub/c.png", "readme.txt"):
        (chosen / file).parent.mkdir(parents=True, exist_ok=True)
        (chosen / file).write_bytes(b"x")
    base = chosen.as_posix()
    assert read_label_folder(chosen) == {
        f"{base}/NORMAL/a.png": False,
        f"{base}/PNEUMONIA/b.png": True,
        f"{base}/PNEUMONIA/sub/c.png": True,
    }
    assert read_label_folder(chosen / "PNEUMONIA") == {
        f"{base}/PNEUMONIA/b.png": True,
        f"{base}/PNEUMONIA/sub/c.png": True,
    }


def test_a_folder_without_labels_is_told(tmp_path: Path) -> None:
    (tmp_path / "normal" / "films").mkdir(parents=True)
    (tmp_path / "normal" / "films" / "a.png").write_bytes(b"x")
    for folder in (tmp_path / "normal" / "films", tmp_path / "gone"):
        with pytest.raises(LabelsError):
            read_label_folder(folder)
