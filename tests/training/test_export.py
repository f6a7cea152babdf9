from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from engine.model.onnx_file import graph_sha256, read_metadata
from engine.model.pack import load_pack
from engine.model.preprocess import InputSpec
from training.cli import run
from training.export.onnx_export import OPSET, export_network
from training.export.words import UNGATED
from training.fit import fit
from training.networks import HeatScale, MobileNetV2, ScreeningNetwork
from training.recipes import MOBILENETV2_TRANSFER
from training.record import given_command

# torch's own exporter trips over a renamed class of its own.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning", "ignore::DeprecationWarning:torch.*")

OUTPUTS = ("logits", "heat")


@pytest.mark.parametrize("batch", [1, 3])
def test_the_one_file_says_what_torch_says(batch: int) -> None:
    torch.manual_seed(3)
    network = MobileNetV2().train()
    with torch.no_grad():
        network(torch.rand(8, 1, 64, 64))  # gives the normalisation layers figures of their own
    network.eval()
    scale = HeatScale(0.1, 0.7)
    graph = export_network(ScreeningNetwork(network, scale), OUTPUTS, size=64)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    films = torch.rand(batch, 1, 64, 64)
    with torch.no_grad():
        expected = ScreeningNetwork(network, scale)(films)
    for found, wanted in zip(session.run(["logits", "heat"], {"films": films.numpy()}), expected, strict=True):
        assert found.shape == wanted.shape
        assert np.abs(found - wanted.numpy()).max() < 1e-4


def test_the_file_is_whole_and_tells_nothing_of_the_machine() -> None:
    graph = export_network(ScreeningNetwork(MobileNetV2(), HeatScale(0.0, 1.0)), OUTPUTS, size=64)
    model = onnx.load_model_from_string(graph)
    assert [entry.version for entry in model.opset_import if entry.domain == ""] == [OPSET]
    assert not any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer)
    for word in (b".py", b"site-packages", str(Path.home()).encode()):
        assert word not in graph


def test_from_a_run_to_a_model_with_its_card(labelled_films: Path, tmp_path: Path) -> None:
    spec = InputSpec(size=32, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)
    # Few steps on small films: what blurs and grains real ones would hide what there is to learn.
    gentle = dataclasses.replace(
        MOBILENETV2_TRANSFER.augmentation, blur_share=0.0, noise=0.0, mark_share=0.0, gamma=0.0
    )
    recipe = dataclasses.replace(MOBILENETV2_TRANSFER, epochs=6, batch_size=8, input_spec=spec, augmentation=gentle)
    fit(recipe, data=labelled_films, out=tmp_path / "run", start_weights=None, limit=None)
    model = tmp_path / "model.onnx"
    arguments = ["export", "--run", str(tmp_path / "run"), "--data", str(labelled_films), "--model", str(model)]
    assert run(arguments) == 1  # these pictures are no films, and the gate knows
    assert run([*arguments, "--ungated"]) == 0
    pack = load_pack(model)
    card = pack.card
    assert card.input == spec
    assert card.graph_sha256 == graph_sha256(model.read_bytes())
    assert card.known_failures == (UNGATED,)
    low, middle, high = (card.points(name).unknown.threshold for name in ("screening", "balanced", "rule_in"))
    assert low <= middle <= high
    (population,) = card.populations
    assert (population.films, population.patients) == (54, 27)
    assert [(row.role, row.films, row.with_pneumonia) for row in card.ages] == [
        ("training", 54, 36),
        ("held out", 18, 12),
    ]
    assert card.figures[0].positives + card.figures[0].negatives == 18
    assert card.figures[0].auroc.low <= card.figures[0].auroc.value <= card.figures[0].auroc.high
    assert json.loads(read_metadata(model.read_bytes())["mapafu_card"])["training"]["seed"] == 1


@pytest.mark.parametrize(("change", "words"), [({"epochs": 7}, "6 of 7 epochs"), ({"limit": 5}, "trial on 5 films")])
def test_an_unfinished_run_or_a_trial_is_not_exported(
    tmp_path: Path, labelled_films: Path, change: dict[str, int], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = dataclasses.asdict(dataclasses.replace(MOBILENETV2_TRANSFER, epochs=6))
    provenance = {"limit": None, "start_weights": None, "command": "", "commit": ""}
    (tmp_path / "config.json").write_text(json.dumps({**settings, **provenance, **change}))
    (tmp_path / "epochs.csv").write_text("auroc_choose\n" + "0.5\n" * 6)
    arguments = ["export", "--run", str(tmp_path), "--data", str(labelled_films), "--model", str(tmp_path / "m.onnx")]
    assert run(arguments) == 1
    assert words in capsys.readouterr().err


def test_a_recorded_command_names_no_folder_of_a_person() -> None:
    given = ["run", "cnn", "--data", "/home/jane/films", "--adults", "../jane/adults", "--out", "runs/first"]
    assert given_command(given) == "mapafu-train run cnn --data films --adults adults --out runs/first"
