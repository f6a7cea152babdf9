"""What several rooms of the engine test with."""

from __future__ import annotations

import pytest

from tests.engine.model.packs import Files, pack_files


@pytest.fixture(scope="session")
def tiny_pack(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What an unsigned pack of a tiny model, version 1.0, holds. Not to be changed in place."""
    return pack_files(tmp_path_factory.mktemp("pack"))
