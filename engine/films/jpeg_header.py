"""What a JPEG stream states of its frame (ITU-T T.81 B.2.2; JPEG-LS, T.87), read as its decoders read it."""

from __future__ import annotations

import re
from dataclasses import dataclass

JPEG = b"\xff\xd8"
JPEG_LS_FRAME = 0xF7
# Start of frame: every process of JPEG (T.81, table B.1) and that of JPEG-LS.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {JPEG_LS_FRAME}
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
# The next marker with a segment behind it. Decoders step over fill bytes, stray bytes, and markers that stand alone.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The header of a frame. `marker` tells its process, `bits` are those of a value."""

    marker: int
    bits: int
    rows: int
    columns: int
    components: int

    @property
    def samples(self) -> int:
        """How many values the frame holds."""
        return self.rows * self.columns * self.components


def read_frame_header(stream: bytes) -> FrameHeader | None:
    """The first frame's header; None where the stream is no JPEG, or states none before its first scan."""
    place = len(JPEG) if stream.startswith(JPEG) else len(stream)
    while found := _MARKER.search(stream, place):
        marker, body = found[1][0], found.end()
        if marker in (_END_OF_IMAGE, _START_OF_SCAN) or body + 8 > len(stream):
            return None
        if marker in _START_OF_FRAME:
            rows, columns = (int.from_bytes(stream[at : at + 2]) for at in (body + 3, body + 5))
            return FrameHeader(marker, stream[body + 2], rows, columns, stream[body + 7])
        place = body + int.from_bytes(stream[body : body + 2])
    return None
