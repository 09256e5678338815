"""The command line: ``tui-mfa`` without arguments is the portal, with a word it is a command."""

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

INTERRUPTED = 130
"""Exit status after Ctrl+C: 128 and the number of SIGINT, as a shell shows it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit status.

    Args:
        arguments: What follows the program's name; ``sys.argv`` when not given.
    """
    # Nearly everything that a start makes stays, and the collector would walk it again and again for nothing. The
    # portal and the demo switch it on with their first frame, the root command for every other command.
    gc.disable()
    try:
        from tui_mfa.cli.run import run

        status = run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        status = INTERRUPTED
    gc.freeze()  # an interpreter that ends collects once more, which here frees nothing that the system does not
    sys.exit(status)
