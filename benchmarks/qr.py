"""From a URI to drawn cells, beside the ``qrcode`` package encoding the same text."""

import time
from collections.abc import Callable

from qrcode.constants import ERROR_CORRECT_L
from qrcode.main import QRCode

from benchmarks.measure import Budget, Result, compared, in_turns
from tui_mfa.domain.two_factor.uri import provisioning_uri
from tui_mfa.widgets.qr_matrix import Drawing, arrange, draw, modules_of, side_of

_URI = provisioning_uri("MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA", "Elestio", "jane.doe@example.com")

_BLOCK = 5
"""Codes in one sample."""


def qr(rounds: int) -> Result:
    """Measure what happens between the secret's URI and the cells of the screen."""
    return compared("QR", Budget(1.5, 1.2), in_turns(_timed(_ours), _timed(_peer), rounds))


def _ours() -> None:
    place = arrange(side_of(_URI), 80, 24, Drawing.HALF_BLOCKS)
    if place is None:
        raise RuntimeError("the code does not fit")
    draw(modules_of(_URI), place)


def _peer() -> None:
    code = QRCode(error_correction=ERROR_CORRECT_L)
    code.add_data(_URI)
    code.make()


def _timed(action: Callable[[], None]) -> Callable[[], float]:
    def sample() -> float:
        started = time.perf_counter()
        for _ in range(_BLOCK):
            action()
        return (time.perf_counter() - started) / _BLOCK

    return sample
