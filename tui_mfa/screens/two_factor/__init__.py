"""“Manage Two Factor Authentication” and what belongs to it alone."""

from tui_mfa.screens.two_factor.screen import TwoFactorScreen

__all__ = ["TwoFactorScreen"]
