from dataclasses import replace

from engine.reasons import Note, Reason
from engine.results.blinding import without_answer
from engine.screening.case import CaseStatus
from tests.engine.results.made_up import make_scored, make_unscored

_ALL_NOTES = tuple(Note)


def test_a_scored_film_keeps_what_is_true_of_its_picture() -> None:
    result = replace(make_scored(0, 0.93, patient_key="a"), film_notes=_ALL_NOTES)
    hidden = without_answer(result)
    assert hidden.status is CaseStatus.PENDING
    assert (hidden.score, hidden.reason, hidden.latency_ms, hidden.processed_at) == (None, None, None, None)
    assert (hidden.index, hidden.file, hidden.path, hidden.sha256) == (
        result.index,
        result.file,
        result.path,
        result.sha256,
    )
    assert (hidden.facts, hidden.patient_key) == (result.facts, "a")
    assert set(hidden.notes) == {
        Note.INVERTED_CORRECTED,
        Note.WINDOW_REPLACED,
        Note.UPSIDE_DOWN,
        Note.ROTATED,
        Note.EXPOSURE,
        Note.BURNED_IN_TEXT,
    }


def test_a_film_that_was_turned_away_looks_like_any_other() -> None:
    hidden = without_answer(make_unscored(0, Reason.LUNGS_CUT_OFF, CaseStatus.REJECTED))
    assert (hidden.status, hidden.reason) == (CaseStatus.PENDING, None)


def test_a_file_that_could_not_be_read_still_says_why() -> None:
    failed = make_unscored(0, Reason.CORRUPT_PIXELS)
    assert without_answer(failed) is failed
