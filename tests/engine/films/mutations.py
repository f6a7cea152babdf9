"""Damage to files, drawn from a random source: what disks, cables and bad exports do, and what malice does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from random import Random

_TELLING_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_HEAD = 600
_LONGEST = 256


def _place(data: bytes, random: Random) -> int:
    """A place in the file; every other one near its head, where lengths and sizes are."""
    end = min(_HEAD, len(data)) if random.random() < 0.5 else len(data)
    return random.randrange(max(1, end))


def _flip_bit(data: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :] if data else data


def _write_number(data: bytes, random: Random) -> bytes:
    size, letter = random.choice([(1, "B"), (2, "H"), (4, "I")])
    number = random.choice(_TELLING_NUMBERS) & 2 ** (8 * size) - 1
    place = _place(data, random)
    return data[:place] + struct.pack(random.choice("<>") + letter, number) + data[place + size :]


def _write_noise(data: bytes, random: Random) -> bytes:
    place, size = _place(data, random), random.randrange(1, 16)
    return data[:place] + random.randbytes(size) + data[place + size :]


def _cut_out(data: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + data[place + random.randrange(1, _LONGEST) :]


def _repeat(data: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + data[place : place + random.randrange(1, _LONGEST)] * random.randrange(1, 4) + data[place:]


def _cut_off(data: bytes, random: Random) -> bytes:
    return data[: _place(data, random)]


def _blank_out(data: bytes, random: Random) -> bytes:
    place, size = _place(data, random), random.randrange(1, _LONGEST)
    return data[:place] + bytes(size) + data[place + size :]


_KINDS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip_bit,
    _write_number,
    _write_noise,
    _cut_out,
    _repeat,
    _cut_off,
    _blank_out,
)


def mutated(films: Mapping[str, bytes], name: str, random: Random) -> bytes:
    """A film with one to six injuries; one in ten goes on as another film."""
    data = films[name]
    for _ in range(random.randrange(1, 7)):
        data = random.choice(_KINDS)(data, random)
    if random.random() < 0.1:
        other = films[random.choice(sorted(films))]
        data = data[: _place(data, random)] + other[_place(other, random) :]
    return data
