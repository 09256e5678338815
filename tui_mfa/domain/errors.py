"""What can go wrong, as part of the interface.

Each error carries a sentence for the person (what happened and what to do); screens and commands show that sentence
and nothing else. The exit status is that of the command line: 1 refused by a rule, 3 store or mail unavailable.
"""

from datetime import datetime
from typing import ClassVar


class DomainError(Exception):
    """The root of everything a use case refuses or cannot do.

    Args:
        user_message: A whole sentence for the person, safe to show as plain text.
        field: The form field it belongs to, when there is one.
    """

    code: ClassVar[str] = "error"
    """A stable name for ``--json``."""

    exit_status: ClassVar[int] = 1
    """The exit status of a command that ends with this error."""

    def __init__(self, user_message: str, *, field: str | None = None) -> None:
        super().__init__(user_message)
        self.user_message = user_message
        self.field = field


class InvalidInput(DomainError):
    """Something typed is not acceptable; ``field`` says what."""

    code = "invalid_input"


class WrongCredentials(DomainError):
    """Unknown name or wrong password: the two are never told apart (ASVS 6.3.8)."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The name or the password is not right.", field="password")


class WrongCode(DomainError):
    """A code was wrong; the try was counted."""

    code = "wrong_code"

    def __init__(self, user_message: str, *, tries_left: int | None = None) -> None:
        super().__init__(user_message, field="code")
        self.tries_left = tries_left


class CodeAlreadyUsed(WrongCode):
    """A TOTP code of a step at or below the highest accepted one (RFC 6238 section 5.2)."""

    code = "code_already_used"

    def __init__(self, user_message: str, *, used_at: datetime, wait: int) -> None:
        super().__init__(user_message)
        self.used_at = used_at
        """When the step was accepted."""
        self.wait = wait
        """Seconds until the app shows the next code."""


class ClockSkew(WrongCode):
    """At enrolment: the code is right for another time, so the phone's clock is off by ``seconds`` (+ is fast)."""

    code = "clock_skew"

    def __init__(self, user_message: str, *, seconds: int) -> None:
        super().__init__(user_message)
        self.seconds = seconds


class TooManyAttempts(DomainError):
    """A limit was reached; ``retry_after`` seconds from now the next try counts again."""

    code = "too_many_attempts"

    def __init__(self, user_message: str, *, retry_after: int) -> None:
        super().__init__(user_message)
        self.retry_after = retry_after


class FactorDisabled(DomainError):
    """100 wrong codes in a row: the factor is off until recovery (NIST SP 800-63B-4 section 3.2.2)."""

    code = "factor_disabled"


class AttemptEnded(DomainError):
    """A login attempt is over: too old, too many wrong codes, superseded, or never existed."""

    code = "attempt_ended"


class SessionEnded(DomainError):
    """The session is over: logged out, idle too long, too old, or ended from elsewhere."""

    code = "session_ended"


class ConfirmationRequired(DomainError):
    """Password and current factor must be proved again before this change (ASVS 7.5.1)."""

    code = "confirmation_required"

    def __init__(self) -> None:
        super().__init__("Confirm that it is you: password and current factor.")


class NotAllowed(DomainError):
    """A rule or the operator's policy refuses this."""

    code = "not_allowed"


class QuotaExceeded(DomainError):
    """One more would be above a limit of the account."""

    code = "quota_exceeded"

    def __init__(self, user_message: str, *, quota: str, limit: int) -> None:
        super().__init__(user_message)
        self.quota = quota
        """The limit's name, as in ``BUILT_IN``."""
        self.limit = limit


class NameTaken(DomainError):
    """A username or an e-mail address belongs to another account."""

    code = "name_taken"


class InvalidToken(DomainError):
    """A program showed no live token: unknown, ended, revoked, or of a closed account, never told apart."""

    code = "invalid_token"

    def __init__(self) -> None:
        super().__init__("This is no live token. Make a new one in the portal: Security, Manage API Tokens.")


class OutOfScope(DomainError):
    """A live token may not do this."""

    code = "out_of_scope"

    def __init__(self, enough: tuple[str, ...]) -> None:
        super().__init__(f"The token may not do this: it takes the scope {' or '.join(enough)}.")
        self.enough = enough
        """The scopes of which one is enough."""


class NoSuchAccount(DomainError):
    """There is no account of that id or name; never shown to somebody who is not logged in."""

    code = "no_such_account"


class Unavailable(DomainError):
    """A part of the machine does not work; nothing was changed."""

    code = "unavailable"
    exit_status = 3


class StoreUnavailable(Unavailable):
    """The store cannot be read or written now (disk full, no rights, folder gone)."""

    code = "store_unavailable"


class Corrupt(StoreUnavailable):
    """A stored file is torn, empty or foreign; it is named and never taken for an empty one."""

    code = "corrupt"


class NewerSchema(StoreUnavailable):
    """A stored file was written by a newer program."""

    code = "newer_schema"


class MailUnavailable(Unavailable):
    """A mail could not be handed over; what was asked for waits."""

    code = "mail_unavailable"


class KeyUnavailable(Unavailable):
    """The key file is missing, lax, or does not fit what is stored."""

    code = "key_unavailable"
