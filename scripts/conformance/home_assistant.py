"""What Home Assistant takes for a discovery message: its own text, read and not run."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scripts.conformance.published import Document, Published

PACKAGE = "homeassistant"
MQTT = f"{PACKAGE}/components/mqtt"
SCHEMAS = f"{MQTT}/schemas.py"
SHARED = (
    f"{PACKAGE}/const.py",
    f"{PACKAGE}/components/sensor/const.py",
    f"{MQTT}/const.py",
    f"{MQTT}/config.py",
    SCHEMAS,
)
_KINDS: Mapping[str, Document] = {
    "string": {"type": "string"},
    "template": {"type": "string"},
    "valid_subscribe_topic": {"type": "string", "minLength": 1},
    "positive_int": {"type": "integer", "minimum": 0},
    "boolean": {"type": "boolean"},
}
"""What validators ask for; of others nothing is asked here."""


class Text:
    """The names that modules assign, and the words of their enumerations.

    Args:
        paths: The modules; where two assign the same name, the later one counts.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._assigned: dict[str, ast.expr] = {}
        self._words: dict[str, dict[str, str]] = {}
        for path in paths:
            for node in ast.parse(path.read_text("utf-8")).body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        self._assigned[name] = value
                    case ast.AnnAssign(
                        target=ast.Name(id=name), value=ast.expr() as value
                    ):
                        self._assigned[name] = value
                    case ast.ClassDef(name=name, body=body):
                        self._words[name] = dict(_members(body))
                    case _:
                        pass

    def value(self, name: str) -> object:
        """Return a constant; another's name stands for what that is."""
        told = self._assigned[name]
        return (
            self.value(told.id)
            if isinstance(told, ast.Name)
            else ast.literal_eval(told)
        )

    def words(self, enumeration: str) -> list[str]:
        """Return the words of an enumeration."""
        return list(self._words[enumeration].values())

    def names(self, name: str) -> list[str]:
        """Return what the constants stand for that a list names."""
        listed = self._assigned[name]
        assert isinstance(listed, ast.List | ast.Tuple)
        return [
            str(self.value(each.id))
            for each in listed.elts
            if isinstance(each, ast.Name)
        ]

    def schema(self, name: str) -> Document:
        """Return a schema of theirs as a JSON Schema that takes no other key."""
        return self._object(self._assigned[name])

    def units(self) -> Mapping[str, list[str]]:
        """Return which units go with a class of device."""
        told = self._assigned["DEVICE_CLASS_UNITS"]
        assert isinstance(told, ast.Dict)
        return {
            self._words[key.value.id][key.attr]: list(self._set(value))
            for key, value in zip(told.keys, told.values, strict=True)
            if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
        }

    def _object(self, node: ast.expr) -> Document:
        told = list(self._keys(node))
        return {
            "type": "object",
            "properties": {key: self._kind(value) for key, _, value in told},
            "required": [key for key, required, _ in told if required],
            "additionalProperties": False,
        }

    def _keys(self, node: ast.expr) -> Iterator[tuple[str, bool, ast.expr]]:
        """Yield each key at the top of a schema, whether it must be, and its value."""
        if isinstance(node, ast.Dict):
            yield from self._pairs(node)
        for part in self._parts(node):
            yield from self._keys(part)

    def _pairs(self, node: ast.Dict) -> Iterator[tuple[str, bool, ast.expr]]:
        for key, value in zip(node.keys, node.values, strict=True):
            match key:
                case ast.Call(
                    func=ast.Attribute(attr=how), args=[ast.Name(id=name), *_]
                ):
                    yield str(self.value(name)), how == "Required", value
                case _:
                    pass

    def _parts(self, node: ast.expr) -> Sequence[ast.expr]:
        """Return what a schema is made of: others, by name or in a call."""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="extend"), args=args):
                return (inner, *args)
            case ast.Call(args=args):
                return args
            case ast.Attribute(value=inner, attr="schema"):
                return (inner,)
            case ast.Name(id=name) if name in self._assigned:
                return (self._assigned[name],)
        return ()

    def _kind(self, node: ast.expr) -> Document:
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _KINDS:
                return _KINDS[name]
            case ast.Name() if any(True for _ in self._keys(node)):
                return self._object(node)
        return {}

    def _set(self, node: ast.expr) -> Iterator[str]:
        """Yield the words of a set of them."""
        match node:
            case ast.Set(elts=parts) | ast.Call(args=parts):
                for part in parts:
                    yield from self._set(part)
            case ast.Starred(value=inner):
                yield from self._set(inner)
            case ast.Attribute(value=ast.Name(id=name), attr=member):
                yield self._words[name][member]
            case ast.Name(id=name) if name in self._words:
                yield from self._words[name].values()


def _members(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant(value=str() as word)
            ):
                yield name, word
            case _:
                pass


def release(published: Published) -> str:
    """Return which release of Home Assistant the folder has.

    Raises:
        NotPublishedError: It has none.
    """
    text = Text([published.find(SHARED[0])])
    parts = (text.value(f"{part}_VERSION") for part in ("MAJOR", "MINOR", "PATCH"))
    return ".".join(map(str, parts))


def message_schema(published: Published) -> Document:
    """Return what a discovery message of a whole device may hold.

    Raises:
        NotPublishedError: A module is not in the folder.
    """
    text = Text(map(published.find, SHARED))
    return text.schema("DEVICE_DISCOVERY_SCHEMA") | {"version": release(published)}


def component_schema(published: Published, platform: str) -> Document:
    """Return what one component of a message may hold, with what it has of the device.

    Raises:
        NotPublishedError: A module is not in the folder.
    """
    files = (*SHARED, f"{MQTT}/{platform}.py")
    text = Text(map(published.find, files))
    schema = text.schema("DISCOVERY_SCHEMA") | {"version": release(published)}
    schema["properties"]["platform"] = {"const": platform}
    if platform == "sensor":
        schema["properties"] |= {
            "device_class": {"enum": text.words("SensorDeviceClass")},
            "state_class": {"enum": text.words("SensorStateClass")},
        }
        schema["allOf"] = [_unit(*told) for told in text.units().items()]
    return schema


def shared(published: Published) -> list[str]:
    """Return which options a component has of its device.

    Raises:
        NotPublishedError: A module is not in the folder.
    """
    return Text(map(published.find, SHARED)).names("SHARED_OPTIONS")


def _unit(device_class: str, units: list[str]) -> Document:
    return {
        "if": {
            "required": ["device_class", "unit_of_measurement"],
            "properties": {"device_class": {"const": device_class}},
        },
        "then": {"properties": {"unit_of_measurement": {"enum": units}}},
    }
