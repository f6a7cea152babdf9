"""What an exported network says of adults: their own calibration, their figures, and a sentence of warning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.model.card import Calibration, Figure, OperatingPoint
from training.export.judge import Judge, Judged
from training.export.measured import FEWEST, figure
from training.export.operating import Variants
from training.export.perturbations import PERTURBATIONS
from training.export.words import READ_ADULTS
from training.films import ADULT_CLASSES, LabelledFilm, read_adults
from training.statistics import Outcomes

VIEWS = ("PA", "AP")
ADULT_FROM, ADULT_TO = 18, 120
OPACITY, _NORMAL, _OTHER = (
    ADULT_CLASSES.index(name) for name in ("pneumonia_opacity", "normal", "abnormal_no_opacity")
)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedAdults:
    """Films of adults that radiologists read, and what the network says of them, by view."""

    use: str
    by_view: dict[str, Judged]

    @property
    def refused(self) -> list[LabelledFilm]:
        """Films that the gate turned away, of all views."""
        return [film for judged in self.by_view.values() for film in judged.refused]

    def outcomes(self) -> Outcomes:
        """Raw log odds against whether there is an opacity, over all views."""
        parts = [judged.pneumonia(judged.labels == OPACITY) for judged in self.by_view.values()]
        return Outcomes(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.truth for part in parts]),
            np.concatenate([part.patients for part in parts]),
        )

    def ood_scores(self) -> NDArray[np.float64]:
        """Out-of-distribution scores over all views."""
        return np.concatenate([judged.ood_scores for judged in self.by_view.values()])


def judge_adults(judge: Judge, adults: Path, *, use: str) -> JudgedAdults:
    """Ask the network about the films of one use, `tune` or `report`, of patients of 18 and over. Raises DataError."""
    films = {view: read_adults(adults, view=view, use=use, from_years=ADULT_FROM) for view in VIEWS}
    return JudgedAdults(
        use, {view: judge.predict(part, what=f"adult films, {view}") for view, part in films.items() if part}
    )


def adult_variants(judge: Judge, plain: JudgedAdults) -> Variants:
    """The films of `plain` as they are and under each change."""
    changed = {}
    for words, change in PERTURBATIONS.items():
        by_view = {
            view: judge.predict_changed(part, change, what=f"adult films, {view}, {words}")
            for view, part in plain.by_view.items()
        }
        changed[words] = JudgedAdults(plain.use, by_view).outcomes()
    return Variants(plain.outcomes(), changed)


def adult_figures(judged: JudgedAdults, command: str) -> list[Figure]:
    """AUROC within each view alone, since a pooled figure rewards telling AP from PA; too few films give none."""
    figures = []
    for view, part in judged.by_view.items():
        labels = part.labels
        outcomes = part.pneumonia(labels == OPACITY)
        for question, among in (
            ("opacity against normal", labels != _OTHER),
            ("opacity against other abnormal", labels != _NORMAL),
            ("opacity against everything else", np.ones_like(labels, dtype=np.bool_)),
        ):
            asked = outcomes.take(np.flatnonzero(among))
            if min(asked.truth.sum(), (~asked.truth).sum()) >= FEWEST:
                figures.append(figure(READ_ADULTS[judged.use], view, question, asked, command))
    return figures


def adult_warning(judged: JudgedAdults, calibration: Calibration, point: OperatingPoint, *, age: str) -> str:
    """One sentence on how often it cried wolf over adults, and how often it was silent.

    `age` says whether the program knew their age: `known` or `unknown`.
    """
    outcomes = judged.outcomes()
    called = np.array([calibration.probability(logit) for logit in outcomes.scores]) >= point.threshold
    clear, opacity = ~outcomes.truth, outcomes.truth
    return (
        f"On adult films of another hospital ({READ_ADULTS[judged.use]}), their age {age}, it called "
        f"{int(called[clear].sum())} of {int(clear.sum())} films without an opacity positive at `{point.name}`, and "
        f"{int(called[opacity].sum())} of {int(opacity.sum())} films with one."
    )
