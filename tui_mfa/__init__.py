"""tui-mfa: the account page you reach from a terminal."""

__version__ = "0.1.0"
