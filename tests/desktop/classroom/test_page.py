from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.classroom.label_reading import LabelReading
from desktop.classroom.page import ClassroomPage
from engine.results.reading_score import Mistake
from tests.desktop.classroom.test_sentences import make_score
from tests.desktop.waiting import let_pass


def test_of_very_many_mistakes_the_first_are_listed(dressed: object, qtbot: QtBot, tmp_path: Path) -> None:
    page = ClassroomPage()
    qtbot.addWidget(page)
    many = tuple(
        Mistake(reader=None, film_id=at, case_index=at, file=f"{at}.png", has_pneumonia=True) for at in range(5000)
    )
    page.show_score(replace(make_score(tmp_path, {}), mistakes=many))
    page.show()
    assert page.mistakes.topLevelItemCount() == 1000
    said = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert any("the first 1000 of 5000" in words for words in said)


def test_names_of_films_are_shown_letter_by_letter(dressed: object, qtbot: QtBot, tmp_path: Path) -> None:
    page = ClassroomPage()
    qtbot.addWidget(page)
    hostile = Mistake(reader=None, film_id=1, case_index=0, file="<b>x</b>.png", has_pneumonia=True)
    page.show_score(replace(make_score(tmp_path, {}), mistakes=(hostile,)))
    (item,) = [page.mistakes.topLevelItem(0)]
    assert item.text(3) == "<b>x</b>.png"
    assert "&lt;b&gt;" in item.toolTip(3)


def test_the_page_stays_where_it_was_scrolled_to(dressed: object, qtbot: QtBot, tmp_path: Path) -> None:
    page = ClassroomPage()
    qtbot.addWidget(page)
    page.resize(600, 400)
    page.show()
    score = make_score(tmp_path, dict.fromkeys("ABCDE", "PPPPPPPPNNNNNNNN"))
    page.show_score(score)
    bar = page.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    bar.setValue(bar.maximum())
    page.show_score(score)
    assert bar.value() == bar.maximum()


def test_of_two_tables_the_last_one_counts(qtbot: QtBot, tmp_path: Path) -> None:
    first, last = tmp_path / "first.csv", tmp_path / "last.csv"
    first.write_text("file,label\n" + "".join(f"{row}.png,normal\n" for row in range(200_000)))
    last.write_text("file,label\nlast.png,pneumonia\n")
    reading = LabelReading()
    come: list[dict[str, bool]] = []
    reading.labels_read.connect(come.append)
    reading.read(first)
    reading.read(last)
    qtbot.waitUntil(lambda: bool(come), timeout=20_000)
    let_pass(1500)
    assert come == [{"last.png": True}]
