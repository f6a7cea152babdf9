from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.films.radiograph import load_radiograph
from engine.model.film_gate import load_gate
from tests.builders import picture_bytes
from tests.engine.films.contact_sheet import sheet


def test_films_lie_upright_with_bright_bones(samples: Path, tmp_path: Path) -> None:
    film = np.round(load_radiograph(samples / "phantom-01.jpg").pixels * 255).astype(np.uint8)
    changed = {"as it is": film, "turned": np.rot90(film, 2), "inverted": ~film}
    for name, pixels in changed.items():
        (tmp_path / name).write_bytes(picture_bytes(np.ascontiguousarray(pixels), "PNG"))
    (tmp_path / "no film").write_bytes(b"words")
    page = sheet([tmp_path / name for name in (*changed, "no film")], load_gate(threads=1))
    assert page.size == (4 * 320, 354)
    tiles = [np.asarray(page.crop((320 * place, 0, 320 * (place + 1), 280)), dtype=float) for place in range(4)]
    assert max(np.abs(tiles[0] - tile).mean() for tile in tiles[1:3]) < 2.0
    assert tiles[3].max() == 0
    assert np.asarray(page.crop((960, 320, 1280, 354))).max() > 200
