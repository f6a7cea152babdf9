"""The gate's network: is this a frontal chest film, and which way up does it lie? From pixels alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmRejectedError, ModelError
from engine.model.card import Credit, TrainingRecord, build_record
from engine.model.likeness import ood_score
from engine.model.pack import read_network
from engine.model.preprocess import InputSpec, preprocess
from engine.model.session import Session
from engine.paths import resource
from engine.reasons import Note, Reason

GATE_KEY = "mapafu_gate"
GATE_SCHEMA = 1
_KINDS, _EMBEDDING = "kinds", "embedding"


class FilmKind(StrEnum):
    """What a picture may be, in the order of the network's output.

    A film `turned_left` was turned a quarter to the left, so that its head points to the left.
    """

    UPRIGHT = "upright"
    UPSIDE_DOWN = "upside_down"
    TURNED_LEFT = "turned_left"
    TURNED_RIGHT = "turned_right"
    SIDE_VIEW = "side_view"
    CUT_OFF = "cut_off"
    OTHER = "other"


KINDS = tuple(FilmKind)
FRONTAL = KINDS[:4]
# How many quarter turns to the left (`numpy.rot90`) bring a frontal film upright.
TURNS = {FilmKind.UPRIGHT: 0, FilmKind.TURNED_RIGHT: 1, FilmKind.UPSIDE_DOWN: 2, FilmKind.TURNED_LEFT: 3}
_REASONS = {
    FilmKind.SIDE_VIEW: Reason.NOT_FRONTAL,
    FilmKind.CUT_OFF: Reason.LUNGS_CUT_OFF,
    FilmKind.OTHER: Reason.NOT_A_CHEST_FILM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Beyond which log odds, against a frontal film of any turn, a picture is taken for something else.

    Attributes:
        turn: Log odds of a turn against upright, from which a film is turned.
        odd: Mean square of the whitened features, beyond which a film is like none that the gate learned from.
    """

    side_view: float
    cut_off: float
    other: float
    turn: float
    odd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFigure:
    """How many films of one kind the gate did right with.

    Attributes:
        right: Let through as they lie, turned upright, or turned away, as each should be.
    """

    films: str
    count: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCard:
    """What the gate's network says of itself. It travels inside its file.

    Attributes:
        kinds: Values of `FilmKind`, in the order of its output.
        figures: Measured on films that it neither learned from nor had its limits chosen on.
        graph_sha256: Hash of the network without metadata.
    """

    schema_version: int
    kinds: tuple[str, ...]
    input: InputSpec
    limits: GateLimits
    figures: tuple[GateFigure, ...]
    credits: tuple[Credit, ...]
    training: TrainingRecord
    graph_sha256: str

    def to_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the network makes of one picture.

    Attributes:
        logits: (7,) float32, in the order of `FilmKind`.
        oddness: Distance from the frontal films it learned from, about 1 for a film like them.
    """

    logits: NDArray[np.float32]
    oddness: float

    def log_odds(self, kind: FilmKind) -> float:
        """Log odds of a kind that is no frontal film, against a frontal film of any turn."""
        return float(self.logits[KINDS.index(kind)] - np.logaddexp.reduce(self.logits[: len(FRONTAL)]))

    @property
    def likeliest_turn(self) -> tuple[FilmKind, float]:
        """The likeliest way a frontal film is turned, upright left aside, and its log odds against upright."""
        place = 1 + int(np.argmax(self.logits[1 : len(FRONTAL)]))
        return KINDS[place], float(self.logits[place] - self.logits[0])


class FilmGate:
    """Looks at pictures before they are scored."""

    def __init__(self, network: bytes, card: GateCard, *, threads: int = 0) -> None:
        """Start the network. Raises ModelError where it cannot be used."""
        self.card = card
        self._session = Session(network, size=card.input.size, threads=threads)
        if not self._session.outputs.issuperset({_KINDS, _EMBEDDING}):
            raise ModelError("The gate's outputs do not match its card. Install Mapafu again.")

    def look(self, pixels: NDArray[np.float32]) -> Sight:
        """What the network makes of a picture (rows, columns) in 0..1. Raises ModelError."""
        tensor = preprocess(pixels, self.card.input).tensor
        answer = self._session.run(tensor, (_KINDS, _EMBEDDING))
        if answer[_KINDS].shape != (1, len(KINDS)):
            raise ModelError("The gate gave no usable answer. Install Mapafu again.")
        return Sight(answer[_KINDS][0], ood_score(answer[_EMBEDDING][0]))

    def set_upright(self, pixels: NDArray[np.float32]) -> tuple[int, Sight]:
        """How many quarter turns to the left (`numpy.rot90`) bring a film upright, 0 to 3, and how it looks then.

        A film is turned only where it seems turned as it is, and upright once it has been turned.
        """
        sight = self.look(pixels)
        kind, log_odds = sight.likeliest_turn
        if log_odds > self.card.limits.turn:
            turned = self.look(np.rot90(pixels, TURNS[kind]))
            if turned.likeliest_turn[1] < 0.0:
                return TURNS[kind], turned
        return 0, sight

    def turns_needed(self, pixels: NDArray[np.float32]) -> int:
        """How many quarter turns to the left bring a film upright that may be scored.

        Raises:
            FilmRejectedError: `not_frontal`, `lungs_cut_off` or `not_a_chest_film`.
            ModelError: The network gives nonsense.
        """
        turns, sight = self.set_upright(pixels)
        reason = reason_to_reject(sight, self.card.limits)
        if reason is not None:
            raise FilmRejectedError(reason)
        return turns


def reason_to_reject(sight: Sight, limits: GateLimits) -> Reason | None:
    """Why a picture that is seen upright must not be scored, the likeliest reason first; None lets it pass."""
    beyond = {
        kind: sight.log_odds(kind) - limit
        for kind, limit in (
            (FilmKind.SIDE_VIEW, limits.side_view),
            (FilmKind.CUT_OFF, limits.cut_off),
            (FilmKind.OTHER, limits.other),
        )
    }
    kind = max(beyond, key=lambda kind: beyond[kind])
    if beyond[kind] > 0.0:
        return _REASONS[kind]
    return Reason.NOT_A_CHEST_FILM if sight.oddness > limits.odd else None


def note_of_turns(turns: int) -> tuple[Note, ...]:
    """What to note of a film that had to be turned by so many quarters."""
    if turns == 0:
        return ()
    return (Note.UPSIDE_DOWN,) if turns == 2 else (Note.ROTATED,)


def load_gate(path: Path | None = None, *, threads: int = 0) -> FilmGate:
    """The gate of a file, by default the bundled one. Raises ModelError."""
    return FilmGate(*read_gate(path or bundled_gate()), threads=threads)


def bundled_gate() -> Path:
    """The gate's network that comes with the program."""
    return resource("gate.onnx")


def read_gate(path: Path) -> tuple[bytes, GateCard]:
    """Read a gate file and check it against its card. Raises ModelError with one sentence."""
    data, text, graph = read_network(path, GATE_KEY)
    try:
        card: GateCard = build_record(GateCard, json.loads(text))
    except (TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"The card in {path.name} is damaged ({error}). Install Mapafu again.") from error
    if card.schema_version != GATE_SCHEMA or card.kinds != KINDS or card.graph_sha256 != graph:
        raise ModelError(f"{path.name} is not the gate of this version of Mapafu. Install Mapafu again.")
    return data, card
