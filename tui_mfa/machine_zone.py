"""The machine's own time zone, as the C library knows it, with its summer times."""

from datetime import UTC, datetime, timedelta, tzinfo


class MachineZone(tzinfo):
    """Converts each moment by the machine's rules for that moment, not by today's offset."""

    def fromutc(self, dt: datetime) -> datetime:
        """Return the local time of a moment that is given in UTC."""
        return dt.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """Return the offset at a local time."""
        return dt.replace(tzinfo=None).astimezone().utcoffset() if dt is not None else None

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 - tzinfo's signature
        """Return nothing: nobody asks."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """Return the zone's name at a local time."""
        return dt.replace(tzinfo=None).astimezone().tzname() if dt is not None else None

    def __repr__(self) -> str:
        return "MachineZone()"
