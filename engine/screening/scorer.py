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
from engine.films.film import FilmFacts, Radiograph
from engine.films.picture import OWN_MARK
from engine.films.radiograph import open_film, read_film
from engine.model.card import ModelCard, OperatingPoint
from engine.model.classifier import Classifier, Prediction
from engine.model.heatmap import Heat, overlay_heat, spread_heat
from engine.model.pack import read_model
from engine.model.preprocess import Box, preprocess
from engine.reasons import Note, Reason
from engine.screening.case import Band, CaseResult, CaseStatus, Score
from engine.screening.identity import patient_key
from engine.screening.requests import ScoreRequest, ScorerSettings

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
        self._point = pack.card.operating_point(settings.operating_point)
        self._classifier = Classifier(
            data, size=pack.card.input.size, classes=len(pack.card.classes), threads=settings.threads
        )

    def answer(self, request: ScoreRequest) -> CaseResult:
        """The result of one film. Raises ModelError or OutputError; a bad film is a result, not an error."""
        sha256: str | None = None
        facts: FilmFacts | None = None
        status, reason = CaseStatus.SCORED, None
        score: Score | None = None
        try:
            data = read_film(request.path)
            sha256 = hashlib.sha256(data).hexdigest()
            film = open_film(data)
            facts = film.facts
            gate.check_facts(facts)
            radiograph = film.decode()
            gate.check_pixels(radiograph)
            score = self._score(radiograph)
            if self._settings.heatmap_folder is not None:
                stem = "film" if self._settings.anonymous else request.path.stem
                write_heatmaps(self._settings.heatmap_folder, stem, sha256, radiograph, score.heat)
        except FilmRejectedError as error:
            status, reason = CaseStatus.REJECTED, error.reason
        except FilmFailedError as error:
            status, reason = CaseStatus.FAILED, error.reason
        except MemoryError:
            status, reason = CaseStatus.FAILED, Reason.TOO_LARGE
        return CaseResult(
            index=request.index,
            file=request.file,
            path=request.path,
            status=status,
            reason=reason,
            notes=self._notes(facts) if score is not None and facts is not None else (),
            sha256=sha256,
            facts=replace(facts, patient_id=None) if facts is not None else None,
            patient_key=self._patient_key(facts),
            score=score,
        )

    def _score(self, radiograph: Radiograph) -> Score:
        prepared = preprocess(radiograph.pixels, self._card.input)
        prediction = self._classifier.predict(prepared.tensor)
        return score_prediction(prediction, card=self._card, point=self._point, box=prepared.box)

    def _notes(self, facts: FilmFacts) -> tuple[Note, ...]:
        age = facts.age_years if facts.age_years is not None else self._settings.default_age
        if age is None:
            return (Note.AGE_UNKNOWN,)
        return () if self._card.covers_age(age) else (Note.AGE_OUTSIDE_TRAINING,)

    def _patient_key(self, facts: FilmFacts | None) -> str | None:
        if facts is None or facts.patient_id is None or self._settings.secret is None:
            return None
        return patient_key(self._settings.secret, facts.patient_id)


def score_prediction(prediction: Prediction, *, card: ModelCard, point: OperatingPoint, box: Box) -> Score:
    """Turn logits (normal, bacterial, viral) into a calibrated probability and its band."""
    normal, bacterial, viral = (float(value) for value in prediction.logits)
    p_bacterial = 1.0 / (1.0 + math.exp(max(-60.0, min(60.0, viral - bacterial))))
    logit = pneumonia_logit(normal, bacterial, viral)
    probability = card.calibration.probability(logit)
    return Score(
        probability=probability,
        logit=logit,
        band=Band.of(probability, point),
        operating_point=point,
        p_bacterial=p_bacterial,
        p_viral=1.0 - p_bacterial,
        heat=Heat(prediction.heat, box),
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
