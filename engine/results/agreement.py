"""How far readers agree with each other, with the model and with the truth.

Every comparison is about one question: pneumonia or not. How an answer that is neither counts is a `Counting`, which
each result carries, and films without an answer are counted beside it. Every interval takes each film on its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.model.card import Estimate, PointsByAge
from engine.results.columns import KeyColumns
from engine.results.intervals import wilson_or_none
from engine.results.kappa import cohens_kappa
from engine.results.verdicts import Verdict
from engine.screening.case import Band


class Counting(StrEnum):
    """How an answer became pneumonia or not."""

    VERDICTS = "other_finding_is_no_pneumonia"
    THRESHOLD = "uncertain_by_threshold"
    UNCERTAIN_READ = "uncertain_is_pneumonia"
    UNCERTAIN_PASSED = "uncertain_is_no_pneumonia"
    LABELS = "as_labelled"

    @property
    def sentence(self) -> str:
        """One sentence for whoever reads the figures."""
        return _COUNTING_SENTENCES[self]


_COUNTING_SENTENCES = {
    Counting.VERDICTS: "Another finding counts as no pneumonia; films of which the reader cannot tell are left out.",
    Counting.THRESHOLD: "Uncertain films count by the threshold of the operating point.",
    Counting.UNCERTAIN_READ: "Uncertain films count as pneumonia.",
    Counting.UNCERTAIN_PASSED: "Uncertain films count as no pneumonia.",
    Counting.LABELS: "Films count as they were labelled.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one side says of films.

    Attributes:
        pneumonia: Yes or no, by film.
        unanswered: Films that were looked at without an answer: the reader cannot tell.
        uncertain: Films among `pneumonia` whose band is uncertain.
        counting: How answers became yes or no.
    """

    pneumonia: Mapping[int, bool]
    counting: Counting
    unanswered: frozenset[int] = frozenset()
    uncertain: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two sides agree on the films of which both said yes or no.

    Attributes:
        both, first_only, second_only, neither: How many films each said pneumonia of.
        left_out: Films that both looked at, and of which one cannot tell.
        uncertain: Films counted whose band is uncertain.
        share: Films they agree on, of those counted, with the interval of Wilson 1927; None without a film.
        kappa: Cohen's kappa; None where it is not defined.
        counting: How the answers of the first and of the second side became yes or no.
    """

    both: int
    first_only: int
    second_only: int
    neither: int
    left_out: int
    uncertain: int
    share: Estimate | None
    kappa: Estimate | None
    counting: tuple[Counting, Counting]

    @property
    def films(self) -> int:
        """How many films were counted."""
        return self.both + self.first_only + self.second_only + self.neither


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How well one side finds pneumonia where the truth is known.

    Attributes:
        found, missed: Films with pneumonia, by what was said of them.
        false_alarms, cleared: Films without, by what was said of them.
        left_out: Labelled films of which the reader cannot tell. They are in no figure.
        uncertain: Films counted whose band is uncertain.
        sensitivity, specificity: With the intervals of Wilson 1927; None without such a film.
        counting: How answers became yes or no.
    """

    found: int
    missed: int
    false_alarms: int
    cleared: int
    left_out: int
    uncertain: int
    sensitivity: Estimate | None
    specificity: Estimate | None
    counting: Counting


def answers_of_reader(verdicts: Mapping[int, Verdict]) -> Answers:
    """A reader's verdicts by film. Another finding is no pneumonia; where the reader cannot tell there is no answer."""
    unanswered = frozenset(film for film, verdict in verdicts.items() if verdict is Verdict.CANNOT_TELL)
    return Answers(
        pneumonia={film: verdict is Verdict.PNEUMONIA for film, verdict in verdicts.items() if film not in unanswered},
        unanswered=unanswered,
        counting=Counting.VERDICTS,
    )


def answers_of_model(columns: KeyColumns, points: PointsByAge, counting: Counting = Counting.THRESHOLD) -> Answers:
    """What the model says of the films of a list at an operating point; films without a score are left away.

    Args:
        columns: Of films scored by one model.
        points: One of that model's.
        counting: `THRESHOLD`, at which the card's sensitivity and specificity were measured, or `UNCERTAIN_READ` or
            `UNCERTAIN_PASSED` for uncertain films counted either way.
    """
    judged = columns.judged_at(points)
    says = {
        Counting.THRESHOLD: judged.probability >= points.thresholds(judged.scored_age_years)[1],
        Counting.UNCERTAIN_READ: ~judged.has_band(Band.NEGATIVE),
        Counting.UNCERTAIN_PASSED: judged.has_band(Band.POSITIVE),
    }[counting]
    scored = ~np.isnan(judged.probability)
    return Answers(
        pneumonia=dict(zip(judged.film_id[scored].tolist(), says[scored].tolist(), strict=True)),
        uncertain=frozenset(judged.film_id[judged.has_band(Band.UNCERTAIN)].tolist()),
        counting=counting,
    )


def answers_of_reference(labels: Mapping[int, bool]) -> Answers:
    """Labels known to be true, by film."""
    return Answers(pneumonia=labels, counting=Counting.LABELS)


def agreement(first: Answers, second: Answers) -> Agreement:
    """How far two sides agree. Films that only one of them looked at are in no figure."""
    common = first.pneumonia.keys() & second.pneumonia.keys()
    looked_at = (first.pneumonia.keys() | first.unanswered) & (second.pneumonia.keys() | second.unanswered)
    said = [(first.pneumonia[film], second.pneumonia[film]) for film in common]
    both, first_only = said.count((True, True)), said.count((True, False))
    second_only, neither = said.count((False, True)), said.count((False, False))
    return Agreement(
        both=both,
        first_only=first_only,
        second_only=second_only,
        neither=neither,
        left_out=len(looked_at) - len(common),
        uncertain=len(common & (first.uncertain | second.uncertain)),
        share=wilson_or_none(both + neither, len(common)),
        kappa=cohens_kappa([[both, first_only], [second_only, neither]]),
        counting=(first.counting, second.counting),
    )


def performance(answers: Answers, labels: Mapping[int, bool]) -> Performance:
    """How well one side finds pneumonia on the films that are labelled."""
    compared = agreement(answers, answers_of_reference(labels))
    return Performance(
        found=compared.both,
        missed=compared.second_only,
        false_alarms=compared.first_only,
        cleared=compared.neither,
        left_out=compared.left_out,
        uncertain=compared.uncertain,
        sensitivity=wilson_or_none(compared.both, compared.both + compared.second_only),
        specificity=wilson_or_none(compared.neither, compared.neither + compared.first_only),
        counting=answers.counting,
    )
