from desktop.tags.tag_tree import ROOT, TagTree
from engine.films.tags import TagRow

ROWS = [
    TagRow(0, "(0008,0060)", "Modality", "CR", "CR"),
    TagRow(0, "(0008,1032)", "Procedure Code Sequence", "SQ", ""),
    TagRow(1, "", "Item 1", "", ""),
    TagRow(2, "(0008,0100)", "Code Value", "SH", "36643-5"),
    TagRow(2, "(0008,0104)", "Code Meaning", "LO", "Chest X-Ray"),
    TagRow(1, "", "Item 2", "", ""),
    TagRow(2, "(0008,0100)", "Code Value", "SH", "other"),
    TagRow(0, "(0010,0020)", "Patient ID", "LO", "P-0008"),
]


def shown(words: str) -> list[int]:
    return sorted(place for places in TagTree(ROWS).children(words).values() for place in places)


def test_rows_lie_in_what_stands_above_them() -> None:
    assert TagTree(ROWS).parents == [ROOT, ROOT, 1, 2, 2, 1, 5, ROOT]
    assert TagTree(ROWS).children() == {ROOT: [0, 1, 7], 1: [2, 5], 2: [3, 4], 5: [6]}


def test_rows_are_found_by_number_name_and_value() -> None:
    assert shown("0010,0020") == [7]
    assert shown("(0010,0020)") == [7]
    assert shown(" 00100020 ") == [7]
    assert shown("0010 00") == [7]
    assert shown("PATIENT") == [7]
    assert shown("chest") == [1, 2, 4]
    assert shown("no such thing") == []


def test_what_lies_in_a_row_that_is_found_is_shown_with_it() -> None:
    assert shown("procedure code") == [1, 2, 3, 4, 5, 6]
    assert shown("item 2") == [1, 5, 6]


def test_no_words_show_everything() -> None:
    assert shown("") == shown("  ") == list(range(8))
