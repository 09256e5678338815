"""A group whose commands are imported when they are used: ``--help`` and each command start fast."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Later:
    """Where a command is, and what the list of commands says about it."""

    module: str
    name: str
    """The command's name in the module."""
    help: str
    """One line, shown without importing the module."""


class LazyGroup(click.Group):
    """A group of commands that are imported one at a time.

    Args:
        args: As for ``click.Group``.
        later: The commands by name, in the order of the help.
        kwargs: As for ``click.Group``.
    """

    def __init__(self, *args: Any, later: Mapping[str, Later], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._later = later

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which they were given."""
        return list(self._later)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import a command; ``None`` when there is none of that name."""
        later = self._later.get(cmd_name)
        if later is None:
            return None
        command = getattr(import_module(later.module), later.name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{later.module}.{later.name} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word; for an unknown one, name the nearest."""
        name = args[0]
        if name not in self._later:
            from difflib import get_close_matches

            near = get_close_matches(name, self._later, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(self._later)}."
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, later.help) for name, later in self._later.items()])
