"""Half precision where the machine computes in it; elsewhere it would be emulated, many times slower."""

from __future__ import annotations

import torch


def half_precision(device: str) -> torch.autocast:
    """A context that computes in bfloat16 on a GPU, or on a processor with instructions for it, else in float32."""
    fast = device != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.autocast(device, dtype=torch.bfloat16, enabled=fast)
