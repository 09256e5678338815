"""``python -m tui_mfa`` is the same as ``tui-mfa``."""

from tui_mfa.cli import main

main()
