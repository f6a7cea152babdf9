"""The model card: what a model was made from, how well it did on which films, and how to read its numbers."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.model.preprocess import InputSpec

METADATA_KEY = "mapafu_card"
SCHEMA_VERSION = 3
_ENOUGH_FILMS = 50  # of an age; with fewer nobody knows what a score is worth there
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PerturbedFigures:
    """What an operating point is worth on films that were spoilt on purpose.

    Attributes:
        worst: The perturbation at which the lesser of sensitivity and specificity is lowest, in words.
        sensitivity, specificity: Both at that perturbation, 0..1.
    """

    worst: str
    sensitivity: float
    specificity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """Where a probability turns into a band, and what that costs and brings on held-out films.

    Attributes:
        threshold_low, threshold_high: Films from low up to, but not at, high are `uncertain`.
        data_set: The films that its figures were measured on, in words.
        sensitivity, specificity: Measured at `threshold`.
        uncertain_share: Share of films in the uncertain band where films with pneumonia have the card's prevalence.
        sensitivity_if_uncertain_read: Sensitivity where uncertain films count as positive.
        specificity_if_uncertain_passed: Specificity where uncertain films count as negative.
        sensitivity_if_uncertain_passed, specificity_if_uncertain_read: The other way round.
        perturbed: The same films at their worst perturbation; None where none was tried.
    """

    name: str
    rule: str
    threshold: float
    threshold_low: float
    threshold_high: float
    data_set: str
    sensitivity: Estimate
    specificity: Estimate
    uncertain_share: float
    sensitivity_if_uncertain_read: float
    specificity_if_uncertain_read: float
    sensitivity_if_uncertain_passed: float
    specificity_if_uncertain_passed: float
    perturbed: PerturbedFigures | None

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold_low <= self.threshold <= self.threshold_high <= 1.0:
            raise ValueError(f"the thresholds of {self.name} are out of order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Platt scaling (Platt 1999): probability = sigmoid(slope * logit + intercept), at one stated prevalence."""

    method: str
    slope: float
    intercept: float
    prevalence: float

    def probability(self, logit: float) -> float:
        """Calibrated P(pneumonia), 0..1, of a raw logit."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.slope * logit + self.intercept))))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """How to read the numbers of films of one age. Ages are in completed years, so `age_to_years` 5 includes 5.9."""

    age_from_years: int
    age_to_years: int
    calibration: Calibration
    operating_points: tuple[OperatingPoint, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.age_from_years <= self.age_to_years:
            raise ValueError("an age band is out of order")

    def years_away(self, age_years: float) -> int:
        """How many completed years an age lies outside the band; 0 inside."""
        completed = math.floor(age_years)
        return max(self.age_from_years - completed, completed - self.age_to_years, 0)


@dataclass(frozen=True, slots=True)
class PointsByAge:
    """One operating point of a model at every age: a probability that is calibrated by age is judged by age too.

    Attributes:
        unknown: Where the age is unknown; at every age where there are no bands.
        bands: By rising age.
    """

    unknown: OperatingPoint
    bands: tuple[tuple[AgeBand, OperatingPoint], ...] = ()

    @property
    def name(self) -> str:
        """The same at every age."""
        return self.unknown.name

    def at(self, age_years: float | None) -> OperatingPoint:
        """The point of the band of this age, or of the nearest one."""
        if age_years is None or not self.bands:
            return self.unknown
        return min(self.bands, key=lambda band: band[0].years_away(age_years))[1]

    def thresholds(self, ages: NDArray[np.float64]) -> NDArray[np.float64]:
        """(3, n) lower end of the uncertain band, threshold and upper end for (n,) ages in years; NaN is unknown."""
        years, place = np.unique(np.floor(ages), return_inverse=True)
        points = [self.at(None if math.isnan(age) else age) for age in years.tolist()]
        table = [(point.threshold_low, point.threshold, point.threshold_high) for point in points]
        return np.array(table, dtype=np.float64).reshape(-1, 3).T[:, place]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCheck:
    """How a second calibration would change the first, on films it was not fitted to (Cox 1958): slope 1 and
    intercept 0 where it would not.
    """

    data_set: str
    slope: Estimate
    intercept: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Films that the model learned from. Ages are in completed years, so `age_to_years` 5 includes 5.9."""

    source: str
    films: int
    patients: int
    age_from_years: int
    age_to_years: int
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRow:
    """How many films of an age there were. Ages are in completed years.

    Attributes:
        role: What the films were for: `training`, `read by radiologists` or `held out`.
    """

    data_set: str
    role: str
    age_from_years: int
    age_to_years: int
    films: int
    with_pneumonia: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How well the model told pneumonia from normal, or one kind from another, on films it had not seen."""

    data_set: str
    view: str
    question: str
    positives: int
    negatives: int
    patients: int
    auroc: Estimate
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Whose work the model stands on."""

    what: str
    who: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """How to make the model again."""

    recipe: str
    command: str
    commit: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """Everything the program and its reader must know of a model. It travels inside the model file.

    Attributes:
        intended_use: What the model is for and what not, in words.
        calibration: Over all ages; used where the age is unknown.
        operating_points: Where the age is unknown, or there are no age bands.
        age_bands: By rising age, without overlap, at the prevalence of `calibration` and with operating points of the
            same names in the same order; may be empty.
        heat_threshold: Heat of a cell from which it counts towards `extent`.
        ood_limit: Out-of-distribution score beyond which a film is unlike the training films; None where the
            model has no such score.
        ages: How many films there were of each age; may be empty.
        known_failures: Films on which it was seen to go wrong, one sentence each; may be empty.
        graph_sha256: Hash of the network without metadata, to which the figures are bound.
    """

    schema_version: int
    model_id: str
    model_version: str
    intended_use: str
    classes: tuple[str, ...]
    input: InputSpec
    calibration: Calibration
    age_bands: tuple[AgeBand, ...]
    calibration_checks: tuple[CalibrationCheck, ...]
    operating_points: tuple[OperatingPoint, ...]
    heat_threshold: float
    ood_limit: float | None
    populations: tuple[Population, ...]
    ages: tuple[AgeRow, ...]
    figures: tuple[Figure, ...]
    limits: tuple[str, ...]
    known_failures: tuple[str, ...]
    credits: tuple[Credit, ...]
    training: TrainingRecord
    graph_sha256: str

    def __post_init__(self) -> None:
        check_model_name(self.model_id, self.model_version)
        bands = self.age_bands
        if any(older.age_from_years <= younger.age_to_years for younger, older in pairwise(bands)):
            raise ValueError("the age bands overlap or are out of order")
        if any(band.calibration.prevalence != self.calibration.prevalence for band in bands):
            raise ValueError("an age band is calibrated at another prevalence")
        names = [point.name for point in self.operating_points]
        if any([point.name for point in band.operating_points] != names for band in bands):
            raise ValueError("an age band has other operating points")

    def calibration_for(self, age_years: float | None) -> Calibration:
        """The calibration of this age: of its band, or of the nearest one where the age lies between or beyond them
        (of two as near, the younger). The pooled one where the age is unknown or there are no bands.
        """
        if age_years is None or not self.age_bands:
            return self.calibration
        return min(self.age_bands, key=lambda band: band.years_away(age_years)).calibration

    def points(self, name: str | None = None) -> PointsByAge:
        """The named operating point, or the card's first, at every age. Raises ModelError where it is unknown."""
        for number, point in enumerate(self.operating_points):
            if name is None or point.name == name:
                return PointsByAge(point, tuple((band, band.operating_points[number]) for band in self.age_bands))
        names = ", ".join(point.name for point in self.operating_points)
        raise ModelError(f"The model has no operating point called {name}. Choose one of: {names}.")

    def covers_age(self, age_years: float) -> bool:
        """Whether the model learned from films of this age, and enough of them are known.

        Where the card counts films by age, 50 of the age's own row have to be labelled or read by radiologists.
        """
        learned = any(part.age_from_years <= age_years < part.age_to_years + 1 for part in self.populations)
        counted = [row.films for row in self.ages if row.age_from_years <= age_years < row.age_to_years + 1]
        return learned and (not self.ages or sum(counted) >= _ENOUGH_FILMS)

    def to_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False, allow_nan=False)


def read_card(text: str) -> ModelCard:
    """Parse and check a card. Raises ModelError with one sentence where it is damaged or too new."""
    try:
        raw = json.loads(text)
        version = raw["schema_version"]
        if version != SCHEMA_VERSION:
            raise ModelError(
                f"The model's card has version {version}, and this program reads version {SCHEMA_VERSION}. "
                "Install a model made for this version of Mapafu."
            )
        card: ModelCard = build_record(ModelCard, raw)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"The model's card is damaged ({error}). Install the model again.") from error
    if not card.operating_points or not card.populations:
        raise ModelError("The model's card names no operating point or no population. Install the model again.")
    return card


def check_model_name(*parts: str) -> None:
    """Refuse an id or a version that is empty, over 64 letters, or could steer a terminal. Raises ValueError."""
    if not all(0 < len(part) <= _MAX_NAME and part.isprintable() for part in parts):
        raise ValueError("the model's id or version is too long, or not printable")


def build_record(kind: Any, raw: Any) -> Any:
    """Turn parsed JSON into the dataclass `kind`, checking every type on the way. Raises TypeError or ValueError."""
    if dataclasses.is_dataclass(kind):
        if not isinstance(raw, dict):
            raise TypeError(f"{kind} should be an object")
        hints = typing.get_type_hints(kind)
        missing, extra = hints.keys() - raw.keys(), raw.keys() - hints.keys()
        if missing or extra:
            raise ValueError(f"fields missing or unknown: {', '.join(sorted(missing | extra))}")
        return kind(**{name: build_record(hint, raw[name]) for name, hint in hints.items()})  # type: ignore[operator]
    origin = typing.get_origin(kind)
    if origin is tuple:
        if not isinstance(raw, list):
            raise TypeError("a list was expected")
        return tuple(build_record(typing.get_args(kind)[0], item) for item in raw)
    if origin is types.UnionType:
        return None if raw is None else build_record(typing.get_args(kind)[0], raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        raw = float(raw)
    if type(raw) is not kind:
        raise TypeError(f"{raw!r} should be {kind.__name__}")
    if kind is float and not math.isfinite(raw):
        raise ValueError("a number is not finite")
    return raw
