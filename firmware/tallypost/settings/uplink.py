"""`[uplink]`: the way to the backend, one table a kind of link."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tallypost.settings.base import (
    Fault,
    FilePath,
    Settings,
    Text,
    TimeoutS,
    Wish,
    password_needs_username,
    refuse,
)
from tallypost.settings.lorawan import LorawanSettings

LOCAL = ("localhost", "127.0.0.1", "::1")


def _host(host: str) -> str:
    if "://" in host or "/" in host or "@" in host:
        refuse('is an address; write the host alone, as in "broker.example.org"')
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and ":" not in name:
        refuse(f"has a port in it; write the host alone, and port = {port} beside it")
    if any(not (letter.isalnum() or letter in ".-_:%") for letter in host):
        refuse("is no name of a host; write it as in broker.example.org or 192.0.2.7")
    return host


def _each_once(dialects: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(dialects)) < len(dialects):
        refuse("names a dialect twice; name each once")
    return dialects


def _certificate_needs_key(raw: Mapping[str, object]) -> list[Fault]:
    given = [key for key in ("certificate_file", "key_file") if key in raw]
    if len(given) != 1:
        return []
    other = "key_file" if given == ["certificate_file"] else "certificate_file"
    return [Fault((given[0],), f"is given without `{other}`; give both or none")]


def _all_local(raw: Mapping[str, object]) -> bool:
    others = raw.get("fallbacks")
    tables = [raw, *others] if isinstance(others, list) else [raw]
    return all(
        table.get("host") in LOCAL for table in tables if isinstance(table, Mapping)
    )


def _plain_link_has_no_secrets(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("tls", True) is not False:
        return []
    faults = [
        Fault((key,), "is only used with tls; set tls = true or take it out")
        for key in ("ca_file", "certificate_file", "key_file")
        if key in raw
    ]
    if "password_file" in raw and not _all_local(raw):
        faults.append(
            Fault(
                ("tls",),
                "is false, so that the password would cross the network in the clear; "
                "set tls = true, or take username and password_file out",
            )
        )
    return faults


Host = Annotated[Text, Field(min_length=1, max_length=253), AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65535)]


def _path_needs_websocket(raw: Mapping[str, object]) -> list[Fault]:
    if "path" in raw and raw.get("transport") != "websocket":
        told = 'is only used with a web socket; set transport = "websocket"'
        return [Fault(("path",), told)]
    return []


class BrokerSettings(Settings):
    """Another broker that will do, with the same users and certificates."""

    host: Host = Field(description="Name or number of its host.")
    port: Port | None = Field(
        default=None, description="Its port; without it, as for the first broker."
    )


class ProxySettings(Settings):
    """Who passes connections on, where none goes straight."""

    relations = (password_needs_username,)

    protocol: Literal["http", "socks5"] = Field(description="What it speaks.")
    host: Host = Field(description="Name or number of its host.")
    port: Port = Field(description="Its port.")
    username: Annotated[Text, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Who logs in at the proxy."
    )
    password_file: FilePath | None = Field(
        default=None,
        description="A file that holds the proxy's password, and that only its owner "
        "may read.",
    )


class MqttSettings(Settings):
    """An MQTT broker; protocol 5 where it can, 3.1.1 where it must."""

    relations = (
        _certificate_needs_key,
        password_needs_username,
        _plain_link_has_no_secrets,
        _path_needs_websocket,
    )

    kind: Literal["mqtt"] = Field(description="This kind of link.")
    host: Host = Field(description="Name or number of the broker's host.")
    port: Port | None = Field(
        default=None,
        description="The broker's port; without it, 8883 with tls, else 1883; with a "
        "web socket 443 or 80.",
    )
    fallbacks: Annotated[list[BrokerSettings], Field(max_length=8)] = Field(
        default_factory=list,
        description="Brokers to go over to while the first is down, the best first.",
    )
    transport: Literal["tcp", "websocket"] = Field(
        default="tcp", description="What MQTT goes over."
    )
    path: Annotated[Text, Field(pattern=r"^/", max_length=256)] = Field(
        default="/mqtt", description="Where the broker's web socket is."
    )
    proxy: ProxySettings | None = Field(
        default=None, description="Who passes connections on; without it, nobody does."
    )
    tls: bool = Field(default=True, description="Whether the link is encrypted.")
    ca_file: FilePath | None = Field(
        default=None,
        description="The authority that signed the broker's certificate (PEM); without "
        "it, those that the operating system trusts.",
    )
    certificate_file: FilePath | None = Field(
        default=None, description="This device's certificate (PEM)."
    )
    key_file: FilePath | None = Field(
        default=None, description="The private key of this device's certificate (PEM)."
    )
    username: Annotated[Text, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Who logs in at the broker."
    )
    password_file: FilePath | None = Field(
        default=None,
        description="A file that holds the broker's password, and that only its owner "
        "may read.",
    )
    topic_prefix: Annotated[
        str,
        Field(max_length=128, pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"),
        Wish(
            "write levels of letters, digits, _ . and - with a / between them, none at "
            "either end"
        ),
    ] = Field(
        default="tallypost",
        description="What every topic begins with: records go to "
        "`<topic_prefix>/<device>/kpi`, alerts to `<topic_prefix>/<device>/alert`.",
    )
    alert_qos: Literal[1, 2] = Field(
        default=1,
        description="Quality of service of alerts: with 1 the same one may come twice.",
    )
    keepalive_s: Annotated[int, Field(ge=5, le=3600)] = Field(
        default=30, description="A link silent for longer is probed."
    )
    protocol: Literal["auto", "5", "3.1.1"] = Field(
        default="auto", description="`auto` tries 5 first, then 3.1.1."
    )
    session_expiry_s: Annotated[int, Field(ge=0, le=2**32 - 2)] = Field(
        default=604800,
        description="For how long the broker keeps the session of a lost device.",
    )
    client_id: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$"),
            Wish("write 1 to 128 letters, digits, _ . : or -"),
        ]
        | None
    ) = Field(
        default=None,
        description="The name at the broker; without it, `tallypost-<device>`.",
    )
    timeout_s: TimeoutS = Field(
        default=10.0, description="An answer later than this counts as none."
    )
    dialects: Annotated[
        tuple[Literal["home-assistant", "sparkplug-b"], ...],
        Field(strict=False, max_length=2),
        AfterValidator(_each_once),
    ] = Field(
        default=(),
        description="What the device speaks beside its records, each on a connection "
        "of its own: see docs/formats.",
    )
    sparkplug_group: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$"),
        Wish("write 1 to 64 letters, digits, _ . or -"),
    ] = Field(default="tallypost", description="The group of the Sparkplug node.")

    @property
    def port_or_default(self) -> int:
        """The port to knock at."""
        if self.port is not None:
            return self.port
        if self.transport == "websocket":
            return 443 if self.tls else 80
        return 8883 if self.tls else 1883


class NoUplinkSettings(Settings):
    """No link: records stay in the outbox until there is one."""

    kind: Literal["none"] = Field(default="none", description="This kind of link.")


UplinkSettings = Annotated[
    MqttSettings | LorawanSettings | NoUplinkSettings,
    Field(discriminator="kind"),
    Wish("choose a kind of link"),
]
