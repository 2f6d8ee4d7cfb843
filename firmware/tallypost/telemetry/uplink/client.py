"""Makes clients of paho the way we want them: without a thread, a queue or a memory."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from tallypost.telemetry.uplink import hearing
from tallypost.telemetry.uplink.base import DownlinkKind
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.door import Door, proxy_words
from tallypost.telemetry.uplink.ear import PAYLOAD_BYTES_MAX
from tallypost.telemetry.uplink.manner import Manner
from tallypost.telemetry.uplink.once import OnceClient
from tallypost.telemetry.uplink.speaker import Speaker
from tallypost.telemetry.uplink.topics import Farewell, status

Version = Literal["5", "3.1.1"]

CONTENT_TYPE = "application/json"
RECEIVE_MAX = 16
"""So many downlinks may be under way to us at once."""
PACKET_BYTES_MAX = PAYLOAD_BYTES_MAX + 4096
"""The broker is asked to send nothing larger: no downlink is, its topic included."""

_VERSIONS = {
    "5": MQTTProtocolVersion.MQTTv5,
    "3.1.1": MQTTProtocolVersion.MQTTv311,
}


def made(door: Door, speaker: Speaker, pace: Pace, version: Version) -> OnceClient:
    """Return a client that leaves a will, and connects when it is told to."""
    broker, topics = door.broker, speaker.topics
    # MQTT 5 says so when it connects. In 3.1.1 a session has no end: only whoever
    # listens needs one, so that what is said while it is away waits for it.
    clean = None if version == "5" else speaker.ear is None
    client = OnceClient(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id or topics.device,
        clean_session=clean,
        protocol=_VERSIONS[version],
        transport=transport(broker),
        reconnect_on_failure=False,
    )
    client.connect_timeout = pace.timeout_s
    client.max_inflight_messages_set(pace.window + 2)
    # Without it, paho writes to the socket from whichever thread publishes.
    client.on_socket_register_write = hearing.nothing
    furnish(client, broker)
    if door.context is not None:
        client.tls_set_context(door.context)
    will = None
    if version == "5":
        will = _properties(PacketTypes.WILLMESSAGE)
        will.WillDelayInterval = pace.will_delay_s
        will.ContentType = CONTENT_TYPE
    lost = status("offline", reason=Farewell.LOST)
    client.will_set(topics.status, lost, 1, retain=True, properties=will)
    return client


def transport(broker: Broker) -> Literal["tcp", "websockets"]:
    """Return what carries the packets."""
    return "tcp" if broker.path is None else "websockets"


def furnish(client: Client, broker: Broker) -> None:
    """Tell a client the way to the broker, and who we are."""
    if broker.path is not None:
        client.ws_set_options(path=broker.path)
    if broker.proxy is not None:
        client.proxy_set(**proxy_words(broker.proxy))
    if broker.username is not None:
        password = None if broker.password is None else broker.password()
        client.username_pw_set(broker.username, password)


def connect(client: OnceClient, broker: Broker, pace: Pace, version: Version) -> None:
    """Open the connection and ask to be let in.

    Raises:
        OSError: Nobody is there, or the two do not agree on TLS.
        ValueError: The host's name is none.
    """
    if version != "5":
        client.connect(broker.host, broker.port, pace.keepalive_s)
        return
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = pace.session_expiry_s
    properties.MaximumPacketSize = PACKET_BYTES_MAX
    properties.ReceiveMaximum = RECEIVE_MAX
    client.connect(
        broker.host,
        broker.port,
        pace.keepalive_s,
        # A session that is taken up again keeps the will unsaid meanwhile, and has
        # what was said to us while we were away.
        clean_start=False,
        properties=properties,
    )


@cache
def publish_properties(manner: Manner, alias: int | None) -> Properties:
    """Return what MQTT 5 says beside a payload; paho only reads it.

    Args:
        manner: How the broker is to treat it.
        alias: A number that stands for its topic; None where the topic is spelt.
    """
    properties = _properties(PacketTypes.PUBLISH)
    properties.ContentType = CONTENT_TYPE
    if alias is not None:
        properties.TopicAlias = alias
    if manner.expiry_s is not None:
        properties.MessageExpiryInterval = manner.expiry_s
    return properties


@cache
def properties_bytes(manner: Manner, version: Version) -> int:
    """Return how many bytes `publish_properties` takes in a packet at most."""
    if version != "5":
        return 0
    return len(publish_properties(manner, alias=1).pack())  # type: ignore[no-untyped-call]


def subscribe(
    client: OnceClient, topics: Mapping[str, DownlinkKind], version: Version
) -> None:
    """Ask to be told what the far side says; `on_subscribe` hears of the answer."""
    if version == "5":
        client.subscribe([(topic, _wanted(kind)) for topic, kind in topics.items()])
    else:
        client.subscribe([(topic, 1) for topic in topics])


def _wanted(kind: DownlinkKind) -> SubscribeOptions:
    # Settings are kept for us by the broker; a command that it has kept is an old one.
    handling = (
        SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
        if kind is DownlinkKind.DESIRED
        else SubscribeOptions.RETAIN_DO_NOT_SEND
    )
    return SubscribeOptions(qos=1, noLocal=True, retainHandling=handling)


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]
