"""The rules of access of a mosquitto broker: each device has its own topics, no others.

Source: mosquitto.conf(5), `acl_file`; the topics are those of docs/mqtt.md.
"""

from collections.abc import Iterator, Sequence

from tallypost.telemetry.codec.message import Subject
from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.inventory.words import Known

TOLD = (*Subject, "status")
"""What a device says: the last levels of its topics."""
HEARD = ("command", "desired", "time")
"""What it listens to, and operators say."""
EVERYBODY = "%u"
HEAD = (
    "# Made by tallypost-provision export mosquitto: change the inventory, not this.\n"
)
PATTERN_HEAD = "# A device: whoever logs in by its name. `%u` is that name."


def rules(
    devices: Sequence[Known],
    *,
    prefix: str,
    backends: Sequence[str],
    operators: Sequence[str],
    pattern: bool,
) -> str:
    """Return the whole file.

    Args:
        devices: Who belongs to the fleet.
        prefix: What topics begin with.
        backends: Users who read everything.
        operators: Users who read everything, and say what devices listen to.
        pattern: Whether one rule stands for all devices, instead of some for each.

    Raises:
        FleetError: One of them has a name that means something else there, a device's
            user is one of `backends` or `operators`, or is not called as the device,
            which a pattern needs.
    """
    _refuse_staff(devices, (*backends, *operators))
    _refuse(devices, (prefix, *backends, *operators), pattern=pattern)
    blocks = [
        *(_user(name, _read_all(prefix)) for name in backends),
        *(
            _user(name, [*_read_all(prefix), *_say(prefix, "+", HEARD)])
            for name in operators
        ),
    ]
    if pattern:
        own = [line.replace("topic", "pattern", 1) for line in _own(prefix, EVERYBODY)]
        blocks.append("\n".join((PATTERN_HEAD, *own)))
    else:
        blocks += [
            _user(each.mqtt_username, _own(prefix, each.device)) for each in devices
        ]
    return "\n\n".join((HEAD.rstrip(), *blocks)) + "\n"


def _user(name: str, lines: Sequence[str]) -> str:
    return "\n".join((f"user {name}", *lines))


def _read_all(prefix: str) -> list[str]:
    return [f"topic read {prefix}/#"]


def _say(prefix: str, device: str, last: Sequence[str]) -> list[str]:
    return [f"topic write {prefix}/{device}/{each}" for each in last]


def _own(prefix: str, device: str) -> list[str]:
    heard = [f"topic read {prefix}/{device}/{each}" for each in HEARD]
    return [*_say(prefix, device, TOLD), *heard]


def _refuse_staff(devices: Sequence[Known], staff: Sequence[str]) -> None:
    """Refuse a device that would have the rights of those who see the whole fleet."""
    faults = [
        f"{each.device}: its user is {each.mqtt_username[:40]!a}, who may more than a "
        "device; name another by --backend and --operator"
        for each in devices
        if each.mqtt_username in staff
    ]
    if faults:
        raise FleetError("the rules of access", faults)


def _refuse(devices: Sequence[Known], others: Sequence[str], *, pattern: bool) -> None:
    faults = [
        f"{each.device}: its user is {each.mqtt_username[:40]!a}; one pattern for all "
        "needs each to log in by its own name, so leave --pattern out"
        for each in devices
        if pattern and each.mqtt_username != each.device
    ]
    faults += [
        f"{name[:40]!a} {fault}"
        for device in devices
        for name in (device.device, device.mqtt_username)
        for fault in _faults(name)
    ]
    faults += [
        f"{name[:40]!a} {fault}" for name in others for fault in _faults(name, "/")
    ]
    if faults:
        raise FleetError("the rules of access", faults)


def _faults(name: str, allowed: str = "") -> Iterator[str]:
    if not name or name != name.strip() or not name.isprintable():
        yield "is empty, or has spaces at its ends or letters that cannot be printed"
    if set(name) & (set("+#/%") - set(allowed)) or name.startswith("$"):
        yield "has a letter that means something else there: +, #, /, % or a first $"
