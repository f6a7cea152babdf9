"""Inside the child: one film from its file to its result."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.errors import FilmFailedError, FilmRejectedError, ModelError, OutputError
from engine.films import gate
from engine.films.file_bytes import read_film
from engine.films.film import FilmFacts, Radiograph
from engine.films.picture import OWN_MARK
from engine.films.radiograph import decode_film, open_film
from engine.model.card import ModelCard, PointsByAge
from engine.model.classifier import Classifier, Prediction
from engine.model.film_gate import load_gate, note_of_turns
from engine.model.heatmap import Heat, overlay_heat, spread_heat
from engine.model.likeness import ood_score
from engine.model.lung_shape import check_lungs
from engine.model.lungs import Lungs, extent_of_heat, lung_cells, share_of_heat_in_lungs
from engine.model.pack import read_model
from engine.model.preprocess import Box, preprocess
from engine.model.zones import zone_of_heat
from engine.reasons import Note, Reason
from engine.screening.case import Band, CaseResult, CaseStatus, Score
from engine.screening.identity import patient_key
from engine.screening.requests import HashRequest, ScoreRequest, ScorerSettings

_MAX_STEM_BYTES = 160


class FilmScorer:
    """Reads, judges and scores films, one at a time."""

    def __init__(self, settings: ScorerSettings) -> None:
        """Load the model. Raises ModelError."""
        data, pack = read_model(settings.model)
        if pack.sha256 != settings.model_sha256:
            raise ModelError("The model file was changed while it was in use. Start again.")
        self._settings = settings
        self._card = pack.card
        self._points = pack.card.points(settings.operating_point)
        self._classifier = Classifier(
            data,
            size=pack.card.input.size,
            classes=len(pack.card.classes),
            needs_embedding=pack.card.ood_limit is not None,
            threads=settings.threads,
        )
        self._gate = load_gate(settings.gate, threads=settings.threads)
        self._read: tuple[Path, bytes] | None = None

    def answer(self, request: HashRequest | ScoreRequest) -> str | CaseResult:
        """The hash of a file, or the result of a film.

        Raises:
            FilmFailedError: A file to hash cannot be read.
            ModelError: The model is of no use.
            OutputError: A heatmap cannot be written. A bad film is a result, not an error.
        """
        if isinstance(request, HashRequest):
            data = read_film(request.path)
            self._read = request.path, data
            return hashlib.sha256(data).hexdigest()
        return self._screen(request)

    def _screen(self, request: ScoreRequest) -> CaseResult:
        sha256: str | None = None
        facts: FilmFacts | None = None
        status, reason = CaseStatus.SCORED, None
        score: Score | None = None
        notes: tuple[Note, ...] = ()
        try:
            data = self._bytes_of(request.path)
            sha256 = hashlib.sha256(data).hexdigest()
            film = open_film(data)
            facts = film.facts
            gate.check_facts(film)
            radiograph = decode_film(film)
            gate.check_pixels(radiograph)
            turns = self._gate.turns_needed(radiograph.pixels)
            score = self._score(radiograph, turns, self._age(facts))
            notes = (
                *radiograph.notes,
                *note_of_turns(turns),
                *gate.notes_of_pixels(radiograph),
                *self._age_notes(facts),
            )
            if self._settings.heatmap_folder is not None:
                stem = "film" if self._settings.anonymous else request.path.stem
                write_heatmaps(self._settings.heatmap_folder, stem, sha256, radiograph, score.heat)
        except FilmRejectedError as error:
            status, reason = CaseStatus.REJECTED, error.reason
        except FilmFailedError as error:
            status, reason = CaseStatus.FAILED, error.reason
        except MemoryError:
            status, reason = CaseStatus.FAILED, Reason.TOO_LARGE
        if reason is not None:  # a heatmap may fail after the score is known
            score, notes = None, ()
        return CaseResult(
            index=request.index,
            file=request.file,
            path=request.path,
            status=status,
            reason=reason,
            film_notes=notes,
            sha256=sha256,
            facts=replace(facts, patient_id=None) if facts is not None else None,
            patient_key=self._patient_key(facts),
            score=score,
        )

    def _bytes_of(self, path: Path) -> bytes:
        kept, self._read = self._read, None
        return kept[1] if kept is not None and kept[0] == path else read_film(path)

    def _score(self, radiograph: Radiograph, turns: int, age_years: float | None) -> Score:
        """Score a film once it is upright; its heat and lungs lie on the film as it came. Raises FilmRejectedError."""
        prepared = preprocess(np.rot90(radiograph.pixels, turns), self._card.input)
        prediction = self._classifier.predict(prepared.tensor)
        if prediction.lungs is not None:
            check_lungs(prediction.lungs)
        score = score_prediction(
            prediction, card=self._card, points=self._points, box=prepared.box, age_years=age_years
        )
        lungs = None if score.lungs is None else score.lungs.turned(-turns)
        return replace(score, heat=score.heat.turned(-turns), lungs=lungs)

    def _age(self, facts: FilmFacts) -> float | None:
        return facts.age_years if facts.age_years is not None else self._settings.default_age

    def _age_notes(self, facts: FilmFacts) -> tuple[Note, ...]:
        age = self._age(facts)
        if age is None:
            return (Note.AGE_UNKNOWN,)
        return () if self._card.covers_age(age) else (Note.AGE_OUTSIDE_TRAINING,)

    def _patient_key(self, facts: FilmFacts | None) -> str | None:
        if facts is None or facts.patient_id is None or self._settings.secret is None:
            return None
        return patient_key(self._settings.secret, facts.patient_id)


def score_prediction(
    prediction: Prediction, *, card: ModelCard, points: PointsByAge, box: Box, age_years: float | None
) -> Score:
    """Turn what the network says into a probability calibrated for this age, its band, and where the heat lies.

    Args:
        prediction: Its logits are those of normal, bacterial, viral.
        card: The card of the same model.
        points: One of its operating points.
        box: The part of the film that the network saw.
        age_years: None where it is unknown.
    """
    normal, bacterial, viral = (float(value) for value in prediction.logits)
    p_bacterial = 1.0 / (1.0 + math.exp(max(-60.0, min(60.0, viral - bacterial))))
    logit = pneumonia_logit(normal, bacterial, viral)
    probability = card.calibration_for(age_years).probability(logit)
    point = points.at(age_years)
    distance = None if prediction.embedding is None else ood_score(prediction.embedding)
    unlike_training = distance is not None and card.ood_limit is not None and distance > card.ood_limit
    extent, in_lungs = _heat_on_lungs(prediction, card.heat_threshold)
    heat = Heat(prediction.heat, box)
    lungs = None if prediction.lungs is None else Lungs.of(prediction.lungs, box)
    return Score(
        probability=probability,
        logit=logit,
        band=Band.of(probability, point, unlike_training=unlike_training),
        operating_point=point,
        p_bacterial=p_bacterial,
        p_viral=1.0 - p_bacterial,
        heat=heat,
        extent=extent,
        heat_in_lungs=in_lungs,
        lungs=lungs,
        zone=None if lungs is None else zone_of_heat(heat, lungs, threshold=card.heat_threshold),
        age_years=age_years,
        ood_score=distance,
        unlike_training=unlike_training,
    )


def _heat_on_lungs(prediction: Prediction, threshold: float) -> tuple[float | None, float | None]:
    if prediction.lungs is None:
        return None, None
    heat = prediction.heat
    cells = lung_cells(prediction.lungs, rows=heat.shape[0], columns=heat.shape[1])
    return (
        extent_of_heat(heat, cells, threshold=threshold),
        share_of_heat_in_lungs(heat, cells, threshold=threshold),
    )


def pneumonia_logit(normal: float, bacterial: float, viral: float) -> float:
    """Log odds of either pneumonia against normal."""
    return float(np.logaddexp(bacterial, viral)) - normal


def write_heatmaps(folder: Path, stem: str, sha256: str, radiograph: Radiograph, heat: Heat) -> None:
    """Write `STEM-SHA8-heat.png` (8-bit grey, 255 is heat 1.0) and `-overlay.png`. Raises OutputError."""
    height, width = radiograph.pixels.shape
    frame = spread_heat(heat, height=height, width=width)
    printable = "".join(letter if letter.isprintable() else "_" for letter in stem)
    short = printable.encode("utf-8", "replace")[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    base = f"{short}-{sha256[:8]}"
    mark = PngInfo()
    mark.add_text(*OWN_MARK)
    try:
        Image.fromarray(np.round(frame * 255.0).astype(np.uint8)).save(folder / f"{base}-heat.png", pnginfo=mark)
        overlay_heat(radiograph.pixels, frame).save(folder / f"{base}-overlay.png", pnginfo=mark)
    except OSError as error:
        raise OutputError("The heatmaps cannot be written. Free some space or choose another folder.") from error
