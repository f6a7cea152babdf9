"""Everything that is worked out before the report is drawn, and what to look at first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from training.explore.likeness import DuplicateGroup, Outlier, find_duplicates, find_outliers
from training.explore.listing import Listing
from training.explore.measures import (
    Cue,
    PatientAcross,
    count_films,
    count_patients,
    find_cues,
    patients_across_splits,
    patients_of_many_classes,
)
from training.explore.reading import ReadFilms

OUTLIERS_PER_CLASS = 6
FEW_FILMS = 50
TELLING = 0.65


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a data set.

    Attributes:
        patients: Number of films of each named patient.
        mixed_patients: Number of patients whose films carry more than one class.
        outliers: For each class the films farthest from its mean.
    """

    listing: Listing
    read: ReadFilms
    counts: Counter[tuple[str, str]]
    patients: Counter[str]
    across: tuple[PatientAcross, ...]
    mixed_patients: int
    cues: tuple[Cue, ...]
    duplicates: tuple[DuplicateGroup, ...]
    outliers: tuple[tuple[Outlier, ...], ...]


def find(listing: Listing, read: ReadFilms) -> Findings:
    """Work out the measures of the films that were read."""
    return Findings(
        listing=listing,
        read=read,
        counts=count_films(read.films),
        patients=count_patients(read.films),
        across=tuple(patients_across_splits(read.films)),
        mixed_patients=patients_of_many_classes(read.films),
        cues=tuple(find_cues(read)),
        duplicates=tuple(find_duplicates(read)),
        outliers=tuple(tuple(ranked) for ranked in find_outliers(read, per_class=OUTLIERS_PER_CLASS)),
    )


def warnings_of(found: Findings) -> list[str]:
    """What may make a model learn the wrong thing, or its figures look better than they are; gravest first."""
    return [*_about_patients(found), *_about_duplicates(found), *_about_cues(found), *_about_counts(found)]


def _about_patients(found: Findings) -> list[str]:
    films = len(found.read.films)
    nameless = films - found.patients.total()
    if nameless == films:
        return [
            "No patients are named. Films of one person may stand on both sides of a split, and figures measured "
            "on it would then look better than they are. A manifest with a column patient settles this."
        ]
    sentences = []
    if found.across:
        concerned = sum(sum(one.films.values()) for one in found.across)
        sentences.append(
            f"{_count(len(found.across), 'patient has', 'patients have')} films in more than one split "
            f"({_count(concerned, 'film', 'films')}). Divide by patient, never by film."
        )
    if nameless:
        sentences.append(
            f"{_count(nameless, 'film names', 'films name')} no patient; films of one person may stand on both sides."
        )
    return sentences


def _about_duplicates(found: Findings) -> list[str]:
    kinds = (
        ("in more than one split: what is measured on one side was learned from on the other",
         [group for group in found.duplicates if group.crosses_splits]),
        ("under more than one class: one of the labels is wrong",
         [group for group in found.duplicates if group.crosses_classes]),
        ("under more than one patient: dividing by patient does not keep them together",
         [group for group in found.duplicates if group.crosses_patients]),
    )  # fmt: skip
    return [
        f"{_count(len(groups), 'picture stands', 'pictures stand')} {what}. See near-duplicates."
        for what, groups in kinds
        if groups
    ]


def _about_cues(found: Findings) -> list[str]:
    sentences = []
    for cue in found.cues:
        told = [(value, name) for value, name in zip(cue.told, found.read.classes, strict=True) if value is not None]
        if told and max(told)[0] >= TELLING:
            value, name = max(told, key=lambda one: one[0])
            others = found.read.classes[1] if len(found.read.classes) == 2 else "the rest"
            sentences.append(f"{cue.name} alone tells {name} from {others} (AUROC {value:.2f})")
    if not sentences:
        return []
    return [
        "A model could name the class without looking at the lungs: "
        + "; ".join(sentences)
        + ". Bring all films to one size, one shape and one tone before a model sees them."
    ]


def _about_counts(found: Findings) -> list[str]:
    read, sentences = found.read, []
    if len(read.classes) == 1:
        sentences.append(
            f"There is only one class, {read.classes[0]}. Nothing can be learned from it, and what compares classes "
            "is left out."
        )
    if read.unreadable:
        total = len(read.films) + len(read.unreadable)
        sentences.append(
            f"{_count(len(read.unreadable), 'film', 'films')} of {total:,} could not be read and were skipped."
        )
    for split in read.splits:
        few = [f"{found.counts[split, name]} {name}" for name in read.classes if found.counts[split, name] < FEW_FILMS]
        if few:
            sentences.append(
                f"The split {split} holds only {', '.join(few)}: too few to choose or to measure a model on."
            )
    return sentences


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
