"""The whole command on small folders with the bundled model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.model.pack import bundled_model, load_pack
from engine.screening.requests import ScoreRequest, ScorerSettings
from engine.screening.scorer import FilmScorer
from tests.engine.model.models import bundled_card, write_with_card
from tests.training.evaluate.made_up import draw_film, write_manifest
from training.cli import run
from training.evaluate import command as command_module

BOX = "100,100,400,400;600,200,300,500"


def evaluate(data: Path, out: Path, *more: str, model: Path | None = None) -> int:
    arguments = ["--model", str(model or bundled_model()), "--data", str(data), "--out", str(out), "--resamples", "20"]
    return run(["evaluate", *arguments, *more])


def figures(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "evaluate.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def adults(tmp_path: Path) -> Path:
    """40 films in two views; one of them is cut off, one is a coloured picture and one is missing."""
    folder = tmp_path / "adults"
    targets = ("normal", "pneumonia_opacity", "normal", "abnormal_no_opacity")
    rows: list[dict[str, object]] = []
    for number in range(40):
        target = targets[number % 4]
        draw_film(folder / f"{number}.png", number)
        rows.append(
            {
                "file": f"{number}.png", "patient": number // 2, "age": 20 + number, "sex": "FM"[number // 4 % 2],
                "view": ("PA", "AP")[number // 8 % 2], "target": target, "use": "tune",
                "boxes_xywh_1024": BOX if target == "pneumonia_opacity" else "",
            }
        )  # fmt: skip
    cut = folder / "0.png"
    cut.write_bytes(cut.read_bytes()[:200])
    coloured = np.random.default_rng(1).uniform(0, 255, (120, 150, 3)).astype(np.uint8)
    Image.fromarray(coloured).save(folder / "2.png")
    (folder / "3.png").unlink()
    return write_manifest(folder, rows)


def test_adults_by_view_with_boxes_and_unreadable_films(adults: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert evaluate(adults, out) == 0
    found = figures(out)
    left_out = {film["file"]: (film["status"], film["reason"]) for film in found["left_out"]}
    assert left_out.keys() == {"0.png", "2.png", "3.png"}
    assert left_out["2.png"] == ("rejected", "not_a_chest_film")
    assert left_out["3.png"] == ("failed", "not_found")
    assert left_out["0.png"][0] == "failed"
    assert sum(count["scored"] for count in found["counts"]) == 37
    assert [(row["contrast"], row["films"], row["positives"], row["negatives"]) for row in found["discrimination"]] == [
        ("opacity against normal", "PA", 6, 10),
        ("opacity against normal", "AP", 4, 8),
        ("opacity against normal", "all views pooled", 10, 18),
        ("opacity against other abnormal", "PA", 6, 5),
        ("opacity against other abnormal", "AP", 4, 4),
        ("opacity against other abnormal", "all views pooled", 10, 9),
    ]
    assert found["discrimination"][1]["auroc"] is None
    assert found["heat_peaks"][-1]["count"] == 10
    page = (out / "evaluate.html").read_text(encoding="utf-8")
    assert "A pooled figure rewards telling AP from PA" in page
    assert "3.png" in page
    pack = load_pack()
    for words in (pack.sha256, pack.card.graph_sha256, pack.card.model_version, "mapafu-train"):
        assert words in page
        assert words in json.dumps(found["made_by"])
    assert not list(out.glob("*.partial"))


def test_a_report_to_hand_on_shows_no_film(adults: Path, tmp_path: Path) -> None:
    assert evaluate(adults, tmp_path / "with") == 0
    assert evaluate(adults, tmp_path / "without", "--without-films") == 0
    shown, left_out = ((tmp_path / name / "evaluate.html").read_text(encoding="utf-8") for name in ("with", "without"))
    assert figures(tmp_path / "with")["heat_peaks"] == figures(tmp_path / "without")["heat_peaks"]
    assert 0 < left_out.count("data:image/png") < shown.count("data:image/png")


def test_scores_are_those_of_the_program(tmp_path: Path) -> None:
    films = [draw_film(tmp_path / "data" / "NORMAL" / f"{n}.png", n) for n in range(3)]
    draw_film(tmp_path / "data" / "PNEUMONIA" / "ill.png", 9)
    out = tmp_path / "out"
    assert evaluate(tmp_path / "data", out) == 0
    pack = load_pack()
    scorer = FilmScorer(ScorerSettings(model=pack.path, model_sha256=pack.sha256))
    expected = {}
    for number, path in enumerate(films):
        score = scorer.answer(ScoreRequest(number, path.name, path)).score
        assert score is not None
        if score.judged_at(pack.card.points("balanced")).reaches_threshold:
            expected[f"NORMAL/{path.name}"] = pytest.approx(score.probability, abs=1e-5)
    wrong = {row["file"]: row["probability"] for row in figures(out)["errors"] if row["kind"] == "normal"}
    assert expected
    assert wrong == expected
    assert "Patients are unknown" in (out / "evaluate.html").read_text(encoding="utf-8")


def test_folds_and_what_a_wrong_one_says(
    labelled_films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(labelled_films, tmp_path, "--folds", "9") == 1
    assert capsys.readouterr().err.strip().endswith("has no fold 9. Choose from: 0, 1, 2, 3, 4.")
    assert list(tmp_path.iterdir()) == []


def test_a_model_whose_card_does_not_match(adults: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = bundled_card()
    card["input"]["size"] = 192
    model = write_with_card(tmp_path / "model.onnx", card)
    assert evaluate(adults, tmp_path / "out", model=model) == 1
    assert "do not match its card" in capsys.readouterr().err
    assert not (tmp_path / "out" / "evaluate.html").exists()


def test_nothing_that_can_be_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("NORMAL", "PNEUMONIA"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "film.png").write_bytes(b"no film")
    assert evaluate(tmp_path / "data", tmp_path / "out") == 1
    assert "0 rejected, 2 not readable" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("NORMAL/a.png", "PNEUMONIA/b.png"):
        draw_film(tmp_path / "data" / name, 1)
    (tmp_path / "file").write_bytes(b"")
    assert evaluate(tmp_path / "data", tmp_path / "file" / "out") == 1
    assert "Choose another one with --out" in capsys.readouterr().err


def test_interrupted(
    adults: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_module, "score_films", stop)
    assert evaluate(adults, tmp_path / "out") == 130
    assert "nothing was written" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []
