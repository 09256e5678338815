"""From a URI to the modules of a QR code, by the ``qrcode`` package; ``qr_matrix`` loads this with the first code."""

from bisect import bisect_left

from qrcode.constants import ERROR_CORRECT_L
from qrcode.main import QRCode as Encoder
from qrcode.util import (
    BIT_LIMIT_TABLE,
    MODE_8BIT_BYTE,
    MODE_ALPHA_NUM,
    QRData,
    length_in_bits,
    optimal_data_chunks,
)

SHORTEST_RUNS = (6, 11)
"""Lengths from which a run of digits (6) or of capitals and digits (11) between other characters saves bits.

Two segment headers, 4 + 8 bits and 4 + 10 (digits) or 4 + 9 (capitals), against 8 bits a character for 3⅓ or 5½
(ISO/IEC 18004 section 7.4).
"""


def encode(uri: str) -> tuple[tuple[bool, ...], ...]:
    """Encode a URI; see ``qr_matrix.modules_of``."""
    version, segments = plan(uri)
    encoder = Encoder(version=version, error_correction=ERROR_CORRECT_L)
    for segment in segments:
        encoder.add_data(segment)
    encoder.make(fit=False)
    return tuple(tuple(map(bool, row)) for row in encoder.modules)


def plan(uri: str) -> tuple[int, list[QRData]]:
    """Return the smallest version for a URI and the segments that need the fewest bits in it."""
    splits = [list(optimal_data_chunks(uri, minimum=length)) for length in SHORTEST_RUNS]
    limits = BIT_LIMIT_TABLE[ERROR_CORRECT_L]
    # The headers of segments grow at versions 10 and 27.
    for first, last in ((1, 9), (10, 26), (27, 40)):
        bits, segments = min(((_bits(split, first), split) for split in splits), key=lambda pair: pair[0])
        version = bisect_left(limits, bits, first)
        if version <= last:
            return version, segments
    raise ValueError("the URI is too long for a QR code")


def _bits(segments: list[QRData], version: int) -> int:
    """Count the bits of encoded segments, headers included (ISO/IEC 18004 section 7.4)."""
    total = 0
    for segment in segments:
        count = len(segment)
        total += 4 + length_in_bits(segment.mode, version)
        if segment.mode == MODE_8BIT_BYTE:
            total += 8 * count
        elif segment.mode == MODE_ALPHA_NUM:
            total += 11 * (count // 2) + 6 * (count % 2)
        else:
            total += 10 * (count // 3) + (0, 4, 7)[count % 3]
    return total
