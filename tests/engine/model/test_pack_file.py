from __future__ import annotations

import random
import stat
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.model.pack_file import FILMS, LICENCE, MANIFEST, MODEL, SIGNATURE, read_pack_file
from engine.model.signing import trusted_signer
from tests.campaigns import sized
from tests.engine.model.packs import Files, KeyPair, signed, with_manifest, write
from tests.engine.model.test_pack import STEERING


@pytest.fixture
def key() -> KeyPair:
    return KeyPair()


def test_a_pack_holds_what_it_says(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    pack = read_pack_file(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    assert (pack.manifest.model_id, pack.manifest.model_version) == ("tiny", "1.0")
    assert pack.files[MODEL] == tiny_pack[MODEL]
    assert pack.signer is not None
    assert trusted_signer(pack.signer) is None
    key.trust("clinic")
    assert trusted_signer(pack.signer) == "clinic"


def test_an_unsigned_pack_has_no_signer(tiny_pack: Files, tmp_path: Path) -> None:
    assert read_pack_file(write(tmp_path / "a.mapafu", tiny_pack)).signer is None


def test_another_key_and_files_that_are_none_are_not_trusted(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    folder = KeyPair().trust("other").parent
    (folder / "junk.pub").write_bytes(b"-----BEGIN PUBLIC KEY-----\n!!\n")
    (folder / "private.pub").write_bytes(key.private)
    (folder / "folder.pub").mkdir()
    signer = read_pack_file(write(tmp_path / "a.mapafu", signed(tiny_pack, key))).signer
    assert signer is not None
    assert trusted_signer(signer) is None


def test_a_signature_of_another_manifest_is_refused(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    other = signed(with_manifest(tiny_pack, made_at="another day"), key)
    with pytest.raises(ModelError, match="signature is not that of its manifest"):
        read_pack_file(write(tmp_path / "a.mapafu", {**tiny_pack, SIGNATURE: other[SIGNATURE]}))


def test_a_signature_that_was_lost_is_damage(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    files = signed(tiny_pack, key)
    del files[SIGNATURE]
    with pytest.raises(ModelError, match="signature is missing"):
        read_pack_file(write(tmp_path / "a.mapafu", files))


def test_a_flipped_bit_is_refused_or_harms_nothing(
    tiny_pack: Files, key: KeyPair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "good.mapafu", signed(tiny_pack, key)).read_bytes()
    whole = read_pack_file(tmp_path / "good.mapafu")
    chance, path = random.Random(7), tmp_path / "flipped.mapafu"
    places, refused = sized(ci=20, full=200), 0
    for _ in range(places):
        data = bytearray(good)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        try:
            pack = read_pack_file(path)
        except ModelError:
            refused += 1
        else:
            assert (pack.files, pack.signer) == (whole.files, whole.signer)
    with capsys.disabled():  # the count is for whoever reads the log of a campaign
        sys.stdout.write(f"\nflipped bits: {places}, refused: {refused}, without effect: {places - refused}\n")
    assert refused > places // 2


def test_a_flipped_bit_in_the_directory_is_refused_or_harms_nothing(
    tiny_pack: Files, key: KeyPair, tmp_path: Path
) -> None:
    good = write(tmp_path / "good.mapafu", signed(tiny_pack, key)).read_bytes()
    whole = read_pack_file(tmp_path / "good.mapafu")
    chance, path = random.Random(8), tmp_path / "flipped.mapafu"
    start = good.index(b"PK\x01\x02")
    for _ in range(sized(ci=60, full=600)):
        data = bytearray(good)
        data[chance.randrange(start, len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        try:
            pack = read_pack_file(path)
        except ModelError:
            continue
        assert (pack.files, pack.signer) == (whole.files, whole.signer)


def test_a_pack_cut_off_anywhere_is_refused(tiny_pack: Files, key: KeyPair, tmp_path: Path) -> None:
    good = write(tmp_path / "good.mapafu", signed(tiny_pack, key)).read_bytes()
    chance, path = random.Random(9), tmp_path / "cut.mapafu"
    for length in (0, 1, *(chance.randrange(len(good)) for _ in range(20))):
        path.write_bytes(good[:length])
        with pytest.raises(ModelError):
            read_pack_file(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {**files, "more.txt": b"more"},
        lambda files: {name: data for name, data in files.items() if name != MANIFEST},
        lambda files: {name: data for name, data in files.items() if name != LICENCE},
        lambda files: {**files, MODEL: files[MODEL] + b"x"},
        lambda files: {**files, MODEL: b"x" * len(files[MODEL])},
        lambda files: {**files, SIGNATURE: b""},
        lambda files: {**files, SIGNATURE: b"x" * 96},
        lambda files: {**files, MANIFEST: b"[]"},
        lambda files: {**files, MANIFEST: b"\xff"},
        lambda files: {**files, MANIFEST: b"[" * 100_000},
        lambda files: with_manifest(files, format=2),
        lambda files: with_manifest(files, self_test=[]),
        lambda files: with_manifest(files, members=[]),
        lambda files: with_manifest(files, made_at=3),
        lambda files: with_manifest(files, later="field"),
        lambda files: with_manifest({name: data for name, data in files.items() if not name.startswith(FILMS)}),
    ],
)
def test_what_does_not_fit_its_manifest_is_refused(
    tiny_pack: Files, tmp_path: Path, change: Callable[[Files], Files]
) -> None:
    with pytest.raises(ModelError):
        read_pack_file(write(tmp_path / "a.mapafu", change(tiny_pack)))


@pytest.mark.parametrize("name", ["model_id", "model_version"])
@pytest.mark.parametrize("value", [*STEERING, "9" * 5000], ids=lambda value: ascii(value)[:20])
def test_a_name_that_steers_is_refused(tiny_pack: Files, tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ModelError, match="too long, or not printable") as refusal:
        read_pack_file(write(tmp_path / "a.mapafu", with_manifest(tiny_pack, **{name: value})))
    assert refusal.value.sentence.isprintable()


@pytest.mark.parametrize(
    "name",
    ["../evil", "films/../../evil", "/tmp/evil", "C:\\evil", "..\\evil", "films\\evil", "a/b/c", "films//x", ".hidden",
     "a\x1b[2J", "ä", "x" * 300, "films/", "con:x"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(tiny_pack: Files, own_home: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"name that is not allowed|no plain file"):
        read_pack_file(write(tmp_path / "a.mapafu", {**tiny_pack, name: b"x"}))
    assert list(own_home.iterdir()) == []


def archive_with(tiny_pack: Files, path: Path, name: str, data: bytes, **attributes: int) -> Path:
    write(path, tiny_pack)
    entry = zipfile.ZipInfo(name)
    for attribute, value in attributes.items():
        setattr(entry, attribute, value)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr(entry, data)
    return path


@pytest.mark.parametrize(
    ("name", "attributes", "words"),
    [
        (MODEL, {}, "twice"),
        (MODEL.upper(), {}, "twice"),
        ("link", {"external_attr": (stat.S_IFLNK | 0o777) << 16}, "no plain file"),
        ("pipe", {"external_attr": (stat.S_IFIFO | 0o777) << 16}, "no plain file"),
        ("packed", {"compress_type": zipfile.ZIP_BZIP2}, "packed in a way"),
        ("packed", {"compress_type": zipfile.ZIP_LZMA}, "packed in a way"),
    ],
)
def test_members_that_are_no_plain_files_are_refused(
    tiny_pack: Files, tmp_path: Path, name: str, attributes: dict[str, int], words: str
) -> None:
    path = archive_with(tiny_pack, tmp_path / "a.mapafu", name, b"/etc/passwd", **attributes)
    with pytest.raises(ModelError, match=words):
        read_pack_file(path)


def test_too_many_members_are_refused(tiny_pack: Files, tmp_path: Path) -> None:
    many = {f"m{number}": b"" for number in range(100)}
    with pytest.raises(ModelError, match="too many"):
        read_pack_file(write(tmp_path / "a.mapafu", {**tiny_pack, **many}))


def test_a_bomb_is_refused_by_what_it_says_of_its_size(tiny_pack: Files, tmp_path: Path) -> None:
    bomb = archive_with(
        tiny_pack, tmp_path / "a.mapafu", "bomb", bytes(270 * 2**20), compress_type=zipfile.ZIP_DEFLATED
    )
    assert bomb.stat().st_size < 3 * 2**20
    with pytest.raises(ModelError, match="too much"):
        read_pack_file(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused(tiny_pack: Files, tmp_path: Path) -> None:
    bomb = archive_with(tiny_pack, tmp_path / "a.mapafu", "bomb", bytes(8 * 2**20), compress_type=zipfile.ZIP_DEFLATED)
    data = bytearray(bomb.read_bytes())
    for size in (data.index((8 * 2**20).to_bytes(4, "little")), data.rindex((8 * 2**20).to_bytes(4, "little"))):
        data[size : size + 4] = (10).to_bytes(4, "little")
    bomb.write_bytes(data)
    with pytest.raises(ModelError, match="no whole zip file"):
        read_pack_file(bomb)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ModelError, match="not there"):
            read_pack_file(path)
