"""Runs a model on LiteRT, or on tflite-runtime where only that is installed."""

import os
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from tallypost.domain.vision import Pixels
from tallypost.errors import ModelError
from tallypost.vision.detection.delegate import (
    COMPILED,
    Delegate,
    check_match,
    load_with,
)
from tallypost.vision.detection.identify import picture_input
from tallypost.vision.detection.manifest import InputDescription
from tallypost.vision.detection.preprocess import InputWriter
from tallypost.vision.detection.tensors import Tensor, TensorFacts

STDERR = 2
ITS_ERRORS = (
    *(ValueError, RuntimeError, TypeError),
    *(MemoryError, IndexError, OverflowError),
)
"""What C++ throws, as it arrives here. Source: pybind11, "Exceptions"."""
ONE_SUM = b64decode(
    "GAAAAFRGTDMAAA4AFAAQAAwACAAAAAQADgAAABAAAAAYAAAAxAAAAAMAAAABAAAABAAAAET///8BAAAA"
    "EAAAAAwAFAAQAAwACAAEAAwAAAAQAAAAUAAAAFQAAABYAAAAAQAAABQAAAAAAA4AFAAAABAADAALAAQA"
    "DgAAABAAAAAAAAALDAAAABAAAACc////AQAAAAEAAAACAAAAAAAAAAAAAAABAAAAAQAAAAEAAAAAAAAA"
    "AgAAACAAAAAEAAAA7v///wQAAAABAAAAAQAAAAAABgAIAAQABgAAAAQAAAABAAAAAQAAAAEAAAAIAAAA"
    "BAAEAAQAAAA="
)
"""The least model that is one: adds a number to itself."""


class Interpreter:
    """LiteRT's interpreter with its errors turned into ours.

    Args:
        place: The model's file, for messages.
        content: Its bytes.
        name: What people call it.
        threads: How many it may use.
        delegate: What runs the parts of the model that it takes.

    Raises:
        ModelError: The model or the delegate cannot be loaded, they do not go together,
            or it takes something else than one colour picture.
    """

    def __init__(
        self,
        place: str,
        content: bytes,
        name: str,
        threads: int,
        delegate: Delegate | None = None,
    ) -> None:
        self._name = name
        make, load = _runtime()
        compiled = COMPILED in content
        check_match(place, delegate, compiled=compiled)
        try:
            with _quiet_stderr():
                loaded = [] if delegate is None else [load_with(load, delegate)]
                self._interpreter = make(
                    model_content=content,
                    num_threads=threads,
                    experimental_delegates=loaded,
                )
                self._interpreter.allocate_tensors()
        except ITS_ERRORS as error:
            reason = str(error).strip().split("\n")[0][:200]
            if delegate is not None:
                raise ModelError(
                    f"{place}: cannot be loaded with the delegate {delegate.library} "
                    f"({reason}); name another model, or no delegate"
                ) from error
            raise ModelError(
                f"{place}: cannot be loaded ({reason}); the file is damaged, or was "
                f"made for another runtime"
            ) from error
        inputs = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        self.inputs = tuple(_facts(x) for x in inputs)
        self.outputs = tuple(_facts(x) for x in outputs)
        picture_input(name, self.inputs)
        self._input_index = inputs[0]["index"]
        self._output_indices = [x["index"] for x in outputs]

    def writer(self, description: InputDescription) -> InputWriter:
        """Return what writes pictures as described into this input.

        Raises:
            ModelError: The input is another than described.
        """
        size, layout = picture_input(self._name, self.inputs)
        found = (size, layout.value, self.inputs[0].dtype.name)
        meant = (description.size, description.layout.value, description.type.value)
        if found != meant:
            raise ModelError(
                f"{self._name}: input: is {meant[0]} {meant[1]} {meant[2]} in the "
                f"manifest, and {found[0]} {found[1]} {found[2]} in the file; correct "
                f"the manifest"
            )
        return InputWriter(description, self.inputs[0])

    # A view must be gone before the next invoke: it is asked for each time.

    def input_view(self) -> Tensor:
        """Return the input tensor itself."""
        view: Tensor = self._interpreter.tensor(self._input_index)()
        return view

    def output_views(self) -> list[Tensor]:
        """Return the output tensors themselves, valid until the next invoke."""
        return [self._interpreter.tensor(index)() for index in self._output_indices]

    def invoke(self) -> None:
        """Run the model.

        Raises:
            ModelError: The interpreter fails.
        """
        try:
            self._interpreter.invoke()
        except ITS_ERRORS as error:
            reason = str(error).strip().split("\n")[0][:200]
            raise ModelError(f"{self._name}: cannot be run ({reason})") from error

    def probe(self, description: InputDescription, pixels: Pixels) -> list[Tensor]:
        """Return the numbers of the outputs for one picture."""
        writer = self.writer(description)
        writer.write(pixels, self.input_view())
        self.invoke()
        answers = [
            np.array(facts.real(x))
            for facts, x in zip(self.outputs, self.output_views(), strict=True)
        ]
        self.input_view()[...] = 0
        return answers


def get_ready() -> None:
    """Have the runtime ask what this processor can do, while it may read of it.

    It asks when its first model is loaded. One that is locked in by then would be told
    nothing, and run a hundred times slower. Here it loads a model of our own.

    Raises:
        ModelError: No runtime is installed.
    """
    make, _ = _runtime()
    with _quiet_stderr():
        first = make(model_content=ONE_SUM, num_threads=1)
        first.allocate_tensors()
        first.invoke()


def _runtime() -> tuple[Any, Any]:
    """Return what makes interpreters, and what loads delegates."""
    try:
        from ai_edge_litert.interpreter import Interpreter, load_delegate
    except ImportError:
        try:
            from tflite_runtime.interpreter import Interpreter, load_delegate
        except ImportError as error:
            raise ModelError(
                "neither ai-edge-litert nor tflite-runtime is installed; one of them "
                "runs the model"
            ) from error
    return Interpreter, load_delegate


def _facts(detail: dict[str, Any]) -> TensorFacts:
    scale, zero_point = detail["quantization"]
    shape: Sequence[int] = detail["shape"].tolist()
    return TensorFacts(
        detail["name"], tuple(shape), np.dtype(detail["dtype"]), scale, zero_point
    )


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep the interpreter's greeting off the terminal; its errors are raised."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # who is locked in has no terminal
        yield
        return
    try:
        kept = os.dup(STDERR)
    except OSError:  # it is closed: nothing to keep quiet
        os.close(nowhere)
        yield
        return
    try:
        os.dup2(nowhere, STDERR)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
