"""Loads the library of an accelerator, which runs parts of a model."""

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tallypost.errors import ModelError

ENTRY_POINTS = ("tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate")
"""Source: TensorFlow Lite, delegates/external/external_delegate_interface.h."""
EDGE_TPU = "libedgetpu"
"""How the library of Coral's Edge TPU is called."""
COMPILED = b"edgetpu-custom-op"
"""What stands in a model that was compiled for the Edge TPU."""
PACKAGES = {EDGE_TPU: "install the package libedgetpu1-std"}


@dataclass(frozen=True, slots=True)
class Delegate:
    """What shall run a model instead of the processor.

    Attributes:
        library: A shared library's name, as the system finds it, or its path.
        options: What the library is told; its own documentation lists them.
    """

    library: str
    options: Mapping[str, str] = field(default_factory=dict, hash=False)


def check_match(place: str, delegate: Delegate | None, *, compiled: bool) -> None:
    """Make sure that a model and a delegate were made for each other.

    Args:
        place: The model's file, for messages.
        delegate: What shall run it; None: the processor.
        compiled: Whether it was compiled for the Edge TPU.

    Raises:
        ModelError: The model needs the Edge TPU and there is none, or the other way
            round.
    """
    edge_tpu = delegate is not None and EDGE_TPU in delegate.library
    if compiled and delegate is None:
        raise ModelError(
            f"{place}: is compiled for the Edge TPU and runs on nothing else; name the "
            f'delegate "libedgetpu.so.1", or the model as it was before compiling'
        )
    if edge_tpu and not compiled:
        raise ModelError(
            f"{place}: is not compiled for the Edge TPU, which would not be used at "
            f"all; name the file that edgetpu_compiler made of it (*_edgetpu.tflite), "
            f"or no delegate"
        )


def load_with(load: Callable[..., Any], delegate: Delegate) -> Any:
    """Return a delegate, loaded.

    Args:
        load: The runtime's own `load_delegate`.
        delegate: What to load.

    Raises:
        ModelError: It is missing, no delegate, or refuses.
    """
    _check_library(delegate.library)
    try:
        return load(delegate.library, dict(delegate.options))
    except ValueError as error:
        # Its first line says what was loaded, the others what the delegate says.
        reason = " ".join(str(error).partition("\n")[2].split())[:200]
        raise ModelError(
            f"delegate {delegate.library}: refuses to start "
            f"({reason or 'it does not say why'}); make sure that its device is "
            f"plugged in, that this user may use it, and that no other process does"
        ) from error


def _check_library(name: str) -> None:
    """Make sure that a name leads to a library that is a delegate.

    The runtime would ask the same, and leave a half-made object that complains on the
    terminal when it is thrown away.

    Raises:
        ModelError: It does not.
    """
    if not name:
        # the loader takes an empty name for the program itself
        raise ModelError(
            'delegate: is empty; name a library, as in "libedgetpu.so.1", or none'
        )
    try:
        library = ctypes.PyDLL(name)
    except (OSError, ValueError) as error:
        reason = str(error)
        missing = "No such file" in reason
        fact = "is not on this machine" if missing else f"cannot be loaded ({reason})"
        known = (PACKAGES[each] for each in PACKAGES if each in name)
        wish = next(known, "install what brings it") if missing else "name a library"
        more = ", or write its whole path" if missing else " made for this machine"
        raise ModelError(f"delegate {name}: {fact}; {wish}{more}") from error
    for entry_point in ENTRY_POINTS:
        if not hasattr(library, entry_point):
            raise ModelError(
                f"delegate {name}: is a library, and no delegate (it has no "
                f"{entry_point}); name one that LiteRT can load"
            )
