"""A value that must not be seen by accident."""

from typing import Generic, NoReturn, TypeVar, final

T = TypeVar("T", bound=str | bytes)


@final
class Secret(Generic[T]):
    """Holds a secret so that logs, tracebacks, ``repr`` and formatting show only ``<secret>``.

    Reading it takes a visible word in the code: ``reveal()``. Two secrets are never equal to each other by ``==``;
    comparing is the business of ``hmac.compare_digest`` on what ``reveal()`` gives (ASVS 11.2.4).

    Args:
        value: The text or bytes to keep.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secrets are compared by hmac.compare_digest, not by ==")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not serialised")
