"""What the parent sends to its child processes, and gets back besides results. Cheap to import on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.films.film import FilmFacts
from engine.films.greys import GreyScale


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSettings:
    """What the child needs to know for a whole run.

    Attributes:
        model_sha256: What the model file must hash to: the file the parent checked, not one put there since.
        model_unsigned: Whether to note with each score that nobody who is trusted answers for the model.
        default_age: Age in years of films whose file gives none.
        threads: Threads within one prediction; 0 lets the runtime choose.
        heatmap_folder: Where to write heatmaps; None writes none.
        anonymous: Name heatmaps by the film's hash alone.
        secret: Key of the patients' hash; None gives no hash.
        gate: File of the gate's network; None takes the bundled one.
    """

    model: Path
    model_sha256: str
    model_unsigned: bool = False
    operating_point: str | None = None
    default_age: float | None = None
    threads: int = 0
    heatmap_folder: Path | None = None
    anonymous: bool = False
    secret: bytes | None = None
    gate: Path | None = None


@dataclass(frozen=True, slots=True)
class HashRequest:
    """One file to read and hash; what was read is kept for the ScoreRequest that may follow."""

    path: Path


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """One film to score."""

    index: int
    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class PixelRequest:
    """One film to show; its pixels go into a new block of shared memory of this name."""

    path: Path
    memory_name: str


@dataclass(frozen=True, slots=True)
class TagsRequest:
    """One file whose tags to list."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CopierSettings:
    """Where anonymised copies go.

    Attributes:
        key: What new identifiers are made with: one for a run, kept nowhere.
    """

    folder: Path
    key: bytes


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """One file to copy without what names its patient."""

    path: Path


@dataclass(frozen=True, slots=True)
class CopyReply:
    """What the child wrote: a file's name, and whether its picture holds writing."""

    name: str
    burned_in_text: bool


@dataclass(frozen=True, slots=True)
class PixelReply:
    """What lies in the block of shared memory: codes, (rows, columns) uint16, and what they stand for."""

    rows: int
    columns: int
    scale: GreyScale
    facts: FilmFacts
