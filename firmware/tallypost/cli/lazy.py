"""A command of many words, each loaded when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import click


class LazyGroup(click.Group):
    """Loads a word when somebody says it: to check a file needs no camera.

    Attributes:
        package: Whose modules hold the commands.
        where: Each word's module, and after a colon its name there; `command` without.
    """

    package: ClassVar[str]
    where: ClassVar[Mapping[str, str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(self.where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or None where there is none of that name."""
        del ctx
        if cmd_name not in self.where:
            return None
        module, _, attribute = self.where[cmd_name].partition(":")
        room = import_module(f"{self.package}.{module}")
        found = getattr(room, attribute or "command")
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name; help a mistyped one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = [name for name in self.where if name[:2] == args[0][:2]]
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None
