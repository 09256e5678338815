"""What is answered to a wrong mailed code: the same words whether or not there is an account behind."""

from tui_mfa.domain.errors import AttemptEnded, WrongCode


def spent() -> AttemptEnded:
    """Return the refusal of an attempt that used up its tries."""
    return AttemptEnded("Five wrong codes. Start again.")


def too_old() -> AttemptEnded:
    """Return the refusal of an attempt that is over or was never there."""
    return AttemptEnded("This took longer than 10 minutes, or was ended elsewhere. Start again.")


def not_proved() -> AttemptEnded:
    """Return the refusal of a new password before the code."""
    return AttemptEnded("The code must be entered first.")


def wrong_code(left: int, *, under_way: bool) -> WrongCode:
    """Return the refusal of a wrong code.

    Args:
        left: How many tries the attempt has left.
        under_way: Whether a code was mailed at all.
    """
    if left <= 0:
        return WrongCode("This is not the code, and it was the last try. Start again.", tries_left=0)
    if not under_way:
        return WrongCode("No code is under way. Ask for a new one.", tries_left=left)
    tries = "One try" if left == 1 else f"{left} tries"
    return WrongCode(f"This is not the code. {tries} left.", tries_left=left)
