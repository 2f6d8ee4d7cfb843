"""ejabberd, a server in Erlang whose module mod_mqtt knows both versions of MQTT."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers.mosquitto import free_port, program
from tests.servers.server import Server

LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")

SETTINGS = """
hosts: [localhost]
loglevel: warning
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: mod_mqtt
auth_method: [internal]
modules:
  mod_mqtt: {{}}
"""
BEGIN = (
    "{{ok, _}} = application:ensure_all_started(ejabberd),"
    'ejabberd_auth:try_register(<<"{user}">>, <<"localhost">>, <<"{password}">>).'
)


class Ejabberd(Server):
    """A broker with one user.

    Args:
        folder: Where all its files lie.
    """

    login: tuple[str, str] | None = ("tp-1@localhost", "open sesame")
    environment = os.environ | {"ERL_LIBS": str(LIBRARIES)}

    def __init__(self, folder: Path) -> None:
        self._program = program("erl")
        found = sorted(LIBRARIES.glob("ejabberd-*/ebin"))
        if not found:
            pytest.skip("needs ejabberd; install the package ejabberd")
        self._code = found[-1]
        super().__init__(free_port(), folder / "ejabberd.log")
        self._folder = folder

    def _words(self) -> Sequence[str | Path]:
        settings = self._folder / "ejabberd.yml"
        settings.write_text(SETTINGS.format(port=self.port))
        assert self.login is not None
        user, password = self.login
        begin = BEGIN.format(user=user.partition("@")[0], password=password)
        return [
            self._program, "-noinput", "-pa", self._code,
            "-mnesia", "dir", f'"{self._folder}/spool"',
            "-ejabberd", "config", f'"{settings}"',
            "log_path", f'"{self._folder}/own.log"',
            "-eval", begin,
        ]  # fmt: skip
