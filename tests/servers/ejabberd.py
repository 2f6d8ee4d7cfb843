"""ejabberd, a server in Erlang whose module mod_mqtt knows both versions of MQTT."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.servers.mosquitto import free_port, program, wait_until_open

START_S = 30.0
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


class Ejabberd:
    """A broker with one user.

    Args:
        folder: Where all its files lie.
    """

    login: tuple[str, str] | None = ("tp-1@localhost", "open sesame")

    def __init__(self, folder: Path) -> None:
        self._program = program("erl")
        found = sorted(LIBRARIES.glob("ejabberd-*/ebin"))
        if not found:
            pytest.skip("needs ejabberd; install the package ejabberd")
        self._code = found[-1]
        self.port = free_port()
        self.log = folder / "ejabberd.log"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Ejabberd":
        """Start it, and return once it listens and knows its user."""
        settings = self._folder / "ejabberd.yml"
        settings.write_text(SETTINGS.format(port=self.port))
        assert self.login is not None
        user, password = self.login
        begin = BEGIN.format(user=user.partition("@")[0], password=password)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._program, "-noinput", "-pa", self._code,
                    "-mnesia", "dir", f'"{self._folder}/spool"',
                    "-ejabberd", "config", f'"{settings}"',
                    "log_path", f'"{self._folder}/own.log"',
                    "-eval", begin,
                ],
                stdout=log,
                stderr=log,
                env=os.environ | {"ERL_LIBS": str(LIBRARIES)},
            )  # fmt: skip
        wait_until_open(self._process, self.port, self.log, START_S)
        return self

    def stop(self) -> None:
        """End it; stopping twice is harmless."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
