"""A result as it is kept, and back: the keys that lists work with, and a document with everything."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine.model.card import OperatingPoint
from engine.results.database import as_kept
from engine.screening.case import CaseResult


class KeyRow(NamedTuple):
    """What a list sorts, filters and searches a result by. Unknown values are None.

    Attributes:
        scored_age_years: The age that the film was scored at, which a film without one is lent by the user.
        acquired_at: In seconds since 1970, to sort by; a time without an offset counts as UTC.
    """

    position: int
    file: str
    status: str
    reason: str | None
    band: str | None
    probability: float | None
    unlike_training: bool
    age_years: float | None
    scored_age_years: float | None
    view_position: str | None
    acquired_at: float | None
    patient_key: str | None
    study_instance_uid: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A result in the form that the store keeps.

    Attributes:
        document: JSON of every field but the operating point and the cells of heat and lungs.
        point: JSON of the operating point, which most results share; None without a score.
        heat: The heat's cells as float32, little-endian, row after row; None without a score.
        lungs: The cells of the lungs as uint8, row after row; None without lungs.
    """

    document: str
    point: str | None
    heat: bytes | None
    lungs: bytes | None


def key_row(result: CaseResult) -> KeyRow:
    """The keys of a result."""
    score, facts = result.score, result.facts
    acquired_at = None if facts is None or facts.acquired_at is None else _seconds(facts.acquired_at)
    return KeyRow(
        position=result.index,
        file=result.file,
        status=result.status.value,
        reason=None if result.reason is None else result.reason.value,
        band=None if score is None else score.band.value,
        probability=None if score is None else score.probability,
        unlike_training=score is not None and score.unlike_training,
        age_years=None if facts is None else facts.age_years,
        scored_age_years=None if score is None else score.age_years,
        view_position=None if facts is None else facts.view_position,
        acquired_at=acquired_at,
        patient_key=result.patient_key,
        study_instance_uid=None if facts is None else facts.study_instance_uid,
    )


def by_column(rows: Sequence[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Values in the order of `KeyRow`, row by row, as one sequence for each of its names."""
    return dict(zip(KeyRow._fields, zip(*rows, strict=True) if rows else ((),) * len(KeyRow._fields), strict=True))


def to_record(result: CaseResult) -> Record:
    """A result as the store keeps it."""
    document = _json(result)
    score = result.score
    if score is None:
        return Record(document, None, None, None)
    heat = score.heat.grid.astype("<f4").tobytes()
    lungs = None if score.lungs is None else score.lungs.grid.tobytes()
    return Record(document, _point_json(score.operating_point), heat, lungs)


def from_record(record: Record) -> CaseResult:
    """The result that was kept. Raises StoreDamagedError."""
    with as_kept():
        plain = json.loads(record.document)
        if record.point is not None and record.heat is not None:
            heat = plain["score"]["heat"]
            heat["grid"] = np.frombuffer(record.heat, dtype="<f4").astype(np.float32).reshape(heat["grid"])
            if record.lungs is not None:
                lungs = plain["score"]["lungs"]
                lungs["grid"] = np.frombuffer(record.lungs, dtype=np.uint8).reshape(lungs["grid"])
            plain["score"]["operating_point"] = _point(record.point)
        result: CaseResult = _result_maker()(plain)
        return result


def to_bytes(text: str) -> bytes:
    """A file's name as bytes, also where it is no proper text."""
    return text.encode("utf-8", "surrogatepass")


def to_text(kept: bytes) -> str:
    """The name that `to_bytes` was given."""
    return kept.decode("utf-8", "surrogatepass")


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=_plain)


@lru_cache(maxsize=8)
def _point_json(point: OperatingPoint) -> str:
    return _json(_fields(point))


def _plain(value: Any) -> Any:
    """What stands in the document for a value that JSON does not know."""
    if isinstance(value, OperatingPoint):
        return None  # kept apart, as most results share it
    if isinstance(value, np.ndarray):
        return value.shape  # the cells are kept apart
    if dataclasses.is_dataclass(value):
        return _fields(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """What makes a value of this kind from its JSON; None where JSON gives it as it is."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass_maker(kind)
    if typing.get_origin(kind) is types.UnionType:
        return _maker(typing.get_args(kind)[0])  # the other one is None, which needs no making
    if typing.get_origin(kind) is tuple:
        inner = _maker(typing.get_args(kind)[0])  # all tuples of a result hold one kind of thing
        return tuple if inner is None else lambda items: tuple(map(inner, items))
    if kind is datetime:
        return datetime.fromisoformat
    return kind if isinstance(kind, type) and issubclass(kind, (Path, StrEnum)) else None


def _dataclass_maker(kind: type[Any]) -> Callable[[Any], Any]:
    """A field that was not kept has its default, and one that is not known is passed over."""
    makers = {name: _maker(hint) for name, hint in typing.get_type_hints(kind).items()}

    def make(plain: Any) -> Any:
        if isinstance(plain, kind):
            return plain
        fields = {}
        for name in makers.keys() & plain.keys():
            maker, item = makers[name], plain[name]
            fields[name] = item if item is None or maker is None else maker(item)
        return kind(**fields)

    return make


@cache
def _result_maker() -> Callable[[Any], Any]:
    return _dataclass_maker(CaseResult)


@lru_cache(maxsize=8)
def _point(kept: str) -> OperatingPoint:
    point: OperatingPoint = _dataclass_maker(OperatingPoint)(json.loads(kept))
    return point
