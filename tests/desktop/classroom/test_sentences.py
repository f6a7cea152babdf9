from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.classroom.sentences import as_html, as_text, mistake_cells, sections
from engine.results.reading_score import ReadingScore, score_reading
from engine.results.store import Store
from engine.results.verdicts import ReadingMode, Verdict
from tests.engine.results.made_up import POINTS, make_run, make_scored

P, N, UNSURE = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA, Verdict.CANNOT_TELL


def make_score(
    folder: Path, said: dict[str, str], *, labels: str = "PPPPPPPPNNNNNNNN", labelled: bool = True, model: bool = True
) -> ReadingScore:
    """Of a film for each letter of `labels`; `said` has one for each film too: P, N, ? (cannot tell), - (nothing)."""
    letters = {"P": P, "N": N, "?": UNSURE}
    with Store(folder / "store.sqlite") as store:
        session_id = store.sessions.start(make_run(), []).session_id
        results = [replace(make_scored(place, 0.9), file=f"{place}.png") for place in range(len(labels))]
        films = store.results.add(session_id, results)
        if labelled:
            store.references.keep(session_id, {f"{place}.png": label == "P" for place, label in enumerate(labels)})
        for initials, verdicts in said.items():
            reader = store.verdicts.reader(initials)
            for film_id, letter in zip(films, verdicts, strict=True):
                if letter in letters:
                    store.verdicts.give(letters[letter], film_id=film_id, session_id=session_id, reader=reader)
        return score_reading(store, session_id, POINTS if model else None)


def lines(score: ReadingScore, you: str = "") -> list[str]:
    return [line for part in sections(score, you=you) for line in part.lines]


def test_a_reader_is_told_in_words_and_numbers(tmp_path: Path) -> None:
    score = make_score(tmp_path, {"AB": "PPPPPPPNNNNNNNP?"})
    said = lines(score, you="ab")
    assert "You gave a verdict on all 16 films." in said
    found = (
        "found 7 of 8 films with pneumonia, and cleared 6 of 7 without. "
        "Left out, since the reader could not tell: 1 film."
    )
    assert f"You {found}" in said
    assert "The model found 8 of 8 films with pneumonia, and cleared 0 of 8 without." in said
    assert any(line.startswith("These are few films. With fewer than 30") for line in said)
    assert "You and the model said the same of 8 of 15 films." in said
    assert f"AB {found}" in lines(score)


def test_shares_stand_with_their_intervals(tmp_path: Path) -> None:
    parts = sections(make_score(tmp_path, {"AB": "PPPPPPPNNNNNNNNN"}))
    (table,) = [part.table for part in parts if part.title == "Against the labels"]
    assert table[0] == ("Who", "Sensitivity", "Specificity")
    assert table[1] == ("AB", "88 % (53 to 98)", "100 % (68 to 100)")
    assert [row[0] for row in table[2:]] == [
        "The model, at screening",
        "The model, uncertain as pneumonia",
        "The model, uncertain as none",
    ]


def test_agreement_is_told_for_each_pair(tmp_path: Path) -> None:
    score = make_score(tmp_path, {"A": "PPNN", "B": "PNNN"}, labels="PPNN")
    said = lines(score)
    assert "A and B said the same of 3 of 4 films." in said
    assert "A and the model said the same of 2 of 4 films." in said
    (table,) = [part.table for part in sections(score) if part.title == "Agreement"]
    assert [row[0] for row in table] == ["Who", "A – B", "A – the model", "B – the model"]
    assert table[1][2].startswith("0.50 (")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    nothing = lines(make_score(tmp_path, {}, labels="PPNN", labelled=False))
    assert nothing == [
        "Nobody has given a verdict on these 4 films yet.",
        "No labels are loaded. Choose a table or a folder that says which films show pneumonia.",
    ]
    blind = replace(make_score(tmp_path / "blind", {}, labels="PPNN", labelled=False), mode=ReadingMode.BLIND)
    assert lines(blind)[0].startswith("Nobody has given a blind verdict")
    some = lines(make_score(tmp_path / "some", {"A": "P---", "B": "PN--"}, labels="PPNN"))
    assert "A gave a verdict on 1 of 4 films; 3 left." in some
    assert "On 2 films nobody has given a verdict." in some


def test_many_films_are_not_called_few(tmp_path: Path) -> None:
    said = lines(make_score(tmp_path, {"A": "P" * 30 + "N" * 30}, labels="P" * 30 + "N" * 30))
    assert not any("few films" in line for line in said)


def test_another_models_list_says_nothing_of_a_model(tmp_path: Path) -> None:
    score = make_score(tmp_path, {"A": "PN"}, labels="PN", model=False)
    assert any("Another model scored this list" in line for line in lines(score))
    assert not any("the model said" in line for line in lines(score))


@pytest.mark.parametrize("initials", ["<b>", "*a*", "&amp;"])
def test_initials_are_shown_letter_by_letter(tmp_path: Path, initials: str) -> None:
    parts = sections(make_score(tmp_path, {initials: "PN"}, labels="PN"))
    assert f"{initials} found 1 of 1 film with pneumonia" in as_text(parts)
    assert "<b>" not in as_html(parts)


def test_a_mistake_says_who_said_what(tmp_path: Path) -> None:
    score = make_score(tmp_path, {"A": "NP"}, labels="PN")
    assert [mistake_cells(mistake, "a") for mistake in score.mistakes] == [
        ("You", "no pneumonia", "pneumonia", "0.png"),
        ("You", "pneumonia", "no pneumonia", "1.png"),
        ("The model", "pneumonia", "no pneumonia", "1.png"),
    ]
