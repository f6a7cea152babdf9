from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError, OutputError
from engine.films.discovery import discover
from engine.model.installed import InstalledModels, version_key
from engine.model.onnx_file import graph_sha256
from engine.model.pack import bundled_model, load_pack, read_model
from engine.model.pack_file import MANIFEST, MODEL, SIGNATURE
from engine.reasons import Note
from engine.screening.installation import UnsignedPackError, install_pack, keep_pack, look_at_pack
from engine.screening.pipeline import screen
from engine.screening.requests import ScorerSettings
from tests.engine.model.models import _length_prefixed, _node, _number, _tensor, _value, write_with_card
from tests.engine.model.packs import Files, KeyPair, pack_files, signed, with_manifest, with_model, write
from tests.programs import reading_processes


@pytest.fixture
def key() -> KeyPair:
    pair = KeyPair()
    pair.trust("clinic")
    return pair


@pytest.fixture(scope="session")
def newer_pack(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return pack_files(tmp_path_factory.mktemp("newer"), version="1.10", bacterial=-2.0)


def nothing_installed() -> bool:
    folder = InstalledModels().folder
    return not folder.exists() or list(folder.iterdir()) == []


def test_installed_used_and_taken_back(tiny_pack: Files, newer_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    assert (offer.name, offer.trusted_as, offer.older_than) == ("tiny 1.0", "clinic", None)
    first = install_pack(offer)
    pack = load_pack()
    assert (pack.path, pack.unsigned, pack.problem) == (first.model, False, "")
    assert first.model.stat().st_mode & 0o777 == 0o600
    second = install_pack(look_at_pack(write(tmp_path / "b.mapafu", signed(newer_pack, key))))
    assert load_pack().path == second.model
    assert load_pack().card.model_version == "1.10"
    assert reading_processes() == []

    models = InstalledModels()
    assert [model.name for model in models.all()] == ["tiny 1.0", "tiny 1.10"]
    assert models.roll_back() == first
    assert load_pack().path == first.model
    assert models.roll_back() is None
    assert load_pack().path == bundled_model()
    with pytest.raises(ModelError, match="none to go back to"):
        models.roll_back()


def test_going_back_to_a_model_that_is_damaged_changes_nothing(
    tiny_pack: Files, newer_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    first, second = (
        install_pack(look_at_pack(write(tmp_path / f"{name}.mapafu", signed(files, key))))
        for name, files in (("a", tiny_pack), ("b", newer_pack))
    )
    (first.folder / MANIFEST).unlink()
    models = InstalledModels()
    with pytest.raises(ModelError, match="damaged"):
        models.roll_back()
    assert models.used() == [first.pack_id, second.pack_id]
    assert load_pack().path == second.model


def test_what_another_program_writes_beside_it_does_not_stand_in_the_way(
    tiny_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    models = InstalledModels()
    (models.folder / "current.json.partial").mkdir(parents=True)
    model = install_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key))))
    assert models.current() == model
    with ThreadPoolExecutor(4) as programs:
        list(programs.map(lambda _: InstalledModels().use(model.pack_id), range(40)))
    assert models.used() == [model.pack_id]
    assert (models.folder / "current.json").stat().st_mode & 0o777 == 0o600


def test_an_older_version_is_said_and_installed(
    tiny_pack: Files, newer_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    install_pack(look_at_pack(write(tmp_path / "b.mapafu", signed(newer_pack, key))))
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    assert offer.older_than == "1.10"
    install_pack(offer)
    assert load_pack().card.model_version == "1.0"


def test_the_same_pack_twice_is_one_model(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mapafu", signed(tiny_pack, key))
    assert install_pack(look_at_pack(path)) == install_pack(look_at_pack(path))
    assert len(InstalledModels().used()) == 1
    InstalledModels().roll_back()
    assert load_pack().path == bundled_model()


@pytest.mark.parametrize("has_signature", [False, True])
def test_without_a_trusted_key_it_needs_a_word(tiny_pack: Files, tmp_path: Path, has_signature: bool) -> None:
    files = signed(tiny_pack, KeyPair()) if has_signature else tiny_pack
    offer = look_at_pack(write(tmp_path / "a.mapafu", files))
    with pytest.raises(UnsignedPackError):
        install_pack(offer)
    assert nothing_installed()
    install_pack(offer, accept_unsigned=True)
    assert load_pack().unsigned


def test_trust_is_that_of_today(tiny_pack: Files, tmp_path: Path) -> None:
    pair = KeyPair()
    trusted = pair.trust("clinic")
    install_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, pair))))
    assert not load_pack().unsigned
    trusted.unlink()
    assert load_pack().unsigned


def test_a_model_that_is_named_is_unsigned_and_the_bundled_one_is_not(tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(bundled_model().read_bytes())
    assert load_pack(copy).unsigned
    assert not load_pack(bundled_model()).unsigned


def test_other_outputs_than_expected_are_refused(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    expected = json.loads(tiny_pack[MANIFEST])["self_test"]
    expected[1]["probability"] += 0.0011
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(with_manifest(tiny_pack, self_test=expected), key)))
    with pytest.raises(ModelError, match=r"phantom-05.png: probability is 0\.\d{4} and should be"):
        install_pack(offer)
    assert nothing_installed()


def test_a_model_of_another_name_is_refused(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(with_manifest(tiny_pack, model_version="9"), key)))
    with pytest.raises(ModelError, match="another model"):
        install_pack(offer)
    assert nothing_installed()


def test_a_card_that_promises_other_outputs_is_refused(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    card = read_model_card(tiny_pack[MODEL], tmp_path)
    for changes in ({"ood_limit": 2.0}, {"classes": ["normal", "pneumonia"]}, {"input": {**card["input"], "size": 64}}):
        changed = write_with_card(tmp_path / "changed.onnx", {**card, **changes}, tiny_pack[MODEL]).read_bytes()
        offer = look_at_pack(write(tmp_path / "a.mapafu", signed(with_model(tiny_pack, changed), key)))
        with pytest.raises(ModelError):
            install_pack(offer)
        assert nothing_installed()


def read_model_card(data: bytes, folder: Path) -> dict[str, object]:
    (folder / "read.onnx").write_bytes(data)
    return json.loads(read_model(folder / "read.onnx")[1].card.to_json())


def test_an_allocation_that_only_running_shows_costs_the_child_alone(
    tiny_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    side = 200_000  # two small vectors whose product has 4e10 cells
    graph = b"".join(
        [
            _length_prefixed(1, _node("MatMul", ["column", "row"], "huge")),
            _length_prefixed(1, _node("ReduceMax", ["huge"], "one")),
            _length_prefixed(1, _node("Mul", ["films", "one"], "heat")),
            _length_prefixed(1, _node("Mul", ["films", "one"], "logits")),
            _length_prefixed(5, _tensor("column", np.ones((side, 1)))),
            _length_prefixed(5, _tensor("row", np.ones((1, side)))),
            _length_prefixed(11, _value("films", ["batch", 1, 32, 32])),
            _length_prefixed(12, _value("heat", ["batch", 1, 32, 32])),
            _length_prefixed(12, _value("logits", ["batch", 1, 32, 32])),
        ]
    )
    network = _number(1, 8) + _length_prefixed(7, graph) + _length_prefixed(8, _number(2, 18))
    card = {**read_model_card(tiny_pack[MODEL], tmp_path), "graph_sha256": graph_sha256(network)}
    model = write_with_card(tmp_path / "huge.onnx", card, network).read_bytes()
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(with_model(tiny_pack, model), key)))
    with pytest.raises(ModelError):
        install_pack(offer)
    assert nothing_installed()
    assert reading_processes() == []


def test_a_kept_pack_is_not_used_yet(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    keep_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key))))
    assert load_pack().path == bundled_model()


@pytest.mark.parametrize("name", [MODEL, MANIFEST, SIGNATURE])
@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_damaged_installed_model_gives_way_to_the_bundled_one(
    tiny_pack: Files, key: KeyPair, tmp_path: Path, name: str, harm: str
) -> None:
    path = write(tmp_path / "a.mapafu", signed(tiny_pack, key))
    model = install_pack(look_at_pack(path))
    victim = model.folder / name
    if harm == "gone":
        victim.unlink()
    else:
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
    pack = load_pack()
    assert pack.path == bundled_model()
    assert "the model that comes with the program is used" in pack.problem
    install_pack(look_at_pack(path))
    assert (load_pack().path, load_pack().problem) == (model.model, "")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"used": 3}', '{"used": ["../.."]}', "[" * 100_000])
def test_a_damaged_list_of_models_gives_way_to_the_bundled_one(
    tiny_pack: Files, key: KeyPair, tmp_path: Path, text: str
) -> None:
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    model = install_pack(offer)
    (InstalledModels().folder / "current.json").write_text(text)
    assert load_pack().path == bundled_model()
    assert load_pack().problem
    install_pack(offer)
    assert load_pack().path == model.model


def test_a_model_replaced_while_running_stops_the_run(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    """And a model installed meanwhile changes nothing: the run goes on with its own."""
    samples = bundled_model().parent / "samples"
    files = discover([samples / f"phantom-0{number}.jpg" for number in (1, 2, 3, 4)])
    own = tmp_path / "own.onnx"
    own.write_bytes(tiny_pack[MODEL])
    pack = load_pack(own)
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, model_unsigned=pack.unsigned, threads=1)
    run = screen(files, settings)
    first = next(run)
    assert Note.MODEL_UNSIGNED in first.notes
    install_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key))))
    other = tmp_path / "other"
    other.write_bytes(bundled_model().read_bytes())
    other.replace(own)
    second = next(run)
    assert first.score is not None
    assert second.score is not None
    assert second.score.logit == first.score.logit
    for process in reading_processes():
        process.kill()
    with pytest.raises(ModelError, match="changed while it was in use"):
        list(run)


def test_a_folder_that_cannot_be_written_is_said(
    tiny_pack: Files, key: KeyPair, tmp_path: Path, own_home: Path
) -> None:
    offer = look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    (own_home / "models").write_text("a file in its place")
    with pytest.raises(OutputError, match="Free some space"):
        install_pack(offer)


def test_what_an_installation_left_behind_is_swept_up_after_a_day(
    tiny_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    folder = InstalledModels().folder
    for name, age in ((".new-old", 2 * 86400.0), (".new-young", 60.0)):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (time.time() - age,) * 2)
    install_pack(look_at_pack(write(tmp_path / "a.mapafu", signed(tiny_pack, key))))
    assert not (folder / ".new-old").exists()
    assert (folder / ".new-young").exists()


def test_versions_have_an_order() -> None:
    versions = ["0.9", "1.0-rc", "1.0.0", "1.2", "1.10"]
    mixed = versions[::-1]
    assert sorted(mixed, key=version_key) == versions
