"""The network as one ONNX file, and its card put inside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import nn

from engine.model.card import METADATA_KEY, ModelCard
from engine.model.onnx_file import graph_sha256

OPSET = 18


def export_network(network: nn.Module, outputs: Sequence[str], *, size: int) -> bytes:
    """Export with a dynamic batch; (B, 1, size, size) float32 `films` in, what the network gives out, so named."""
    films = torch.zeros(2, 1, size, size)
    program = torch.onnx.export(
        network.eval(),
        (films,),
        input_names=["films"],
        output_names=list(outputs),
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        opset_version=OPSET,
        external_data=False,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    _forget_source(model)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def write_model(graph: bytes, card: ModelCard, path: Path) -> None:
    """Put the card into the model's metadata and write the file in one step."""
    assert graph_sha256(graph) == card.graph_sha256
    write_with_card(graph, METADATA_KEY, card.to_json(), path)


def write_with_card(graph: bytes, key: str, card: str, path: Path) -> None:
    """Put a card's text into the metadata of a network and write the file in one step."""
    model = onnx.load_model_from_string(graph)
    model.metadata_props.add(key=key, value=card)
    data = bytes(model.SerializeToString(deterministic=True))
    assert graph_sha256(data) == graph_sha256(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)


def _forget_source(model: onnx.ModelProto) -> None:
    """Remove what the exporter notes about the source code, paths among it."""
    del model.metadata_props[:]
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
