"""What every table of settings has in common: strict, frozen, all faults at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

FAULT = "tallypost_fault"
"""The error type of faults that bring their own sentence."""
LETTERS_MAX = 1024
"""What a path or an address may have."""


class Fault(NamedTuple):
    """One thing that a person must mend.

    Attributes:
        key: Where, as keys and places in lists.
        sentence: The fact and the wish.
    """

    key: tuple[str | int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Stands beside a field and says what to write instead of what was refused."""

    sentence: str


def refuse(sentence: str) -> NoReturn:
    """Refuse the value of one field with a whole sentence: the fact; the wish."""
    raise PydanticCustomError(FAULT, "{sentence}", {"sentence": sentence})


class Settings(BaseModel):
    """One table of settings: strangers are refused, and nothing is guessed."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        hide_input_in_errors=True,
    )
    relations: ClassVar[Sequence[Callable[[Mapping[str, object]], list[Fault]]]] = ()
    """Rules between fields, asked of the raw table, so that their faults come in the
    same answer as those of the single fields."""

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults_at_once(
        cls, raw: object, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        between: list[Fault] = []
        if isinstance(raw, Mapping):
            between = [fault for rule in cls.relations for fault in rule(raw)]
        details: list[InitErrorDetails] = []
        try:
            settings = handler(raw)
        except ValidationError as error:
            if not between:
                raise
            details = [_detail(each) for each in error.errors(include_url=False)]
        else:
            if not between:
                return settings
        details += [
            InitErrorDetails(
                type=PydanticCustomError(FAULT, "{sentence}", {"sentence": sentence}),
                loc=key,
                input=None,
            )
            for key, sentence in between
        ]
        raise ValidationError.from_exception_data(cls.__name__, details)


def _detail(error: Mapping[str, object]) -> InitErrorDetails:
    """Return an error in the form in which it can be raised again."""
    context = error.get("ctx")
    return InitErrorDetails(
        type=PydanticCustomError(
            str(error["type"]),
            "refused",  # what a person reads is said from the type and its context
            dict(context) if isinstance(context, Mapping) else None,
        ),
        loc=tuple(error["loc"]),  # type: ignore[arg-type]
        input=error["input"],
    )


def _printable(text: str) -> str:
    if not text.isprintable():
        refuse("holds characters that cannot be printed; leave them out")
    return text


def password_needs_username(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where a password is given and nobody it belongs to."""
    if "password_file" in raw and "username" not in raw:
        return [
            Fault(("password_file",), "is given without `username`; give both or none")
        ]
    return []


def in_folder(path: str, info: ValidationInfo) -> str:
    """Return a path as seen from the folder of the settings file that names it."""
    folder = (info.context or {}).get("folder")
    return path if folder is None else str(Path(folder) / path)


def _path(raw: object, info: ValidationInfo) -> Path:
    if isinstance(raw, Path):
        return raw
    if not isinstance(raw, str):
        refuse("is no path; write it as a text in quotation marks")
    if not raw or not raw.isprintable() or len(raw) > LETTERS_MAX:
        refuse(f"is no path; write 1 to {LETTERS_MAX} printable characters")
    return Path(in_folder(raw, info))


Text = Annotated[str, AfterValidator(_printable)]
"""A text that can be shown on any screen."""
FilePath = Annotated[Path, BeforeValidator(_path)]
"""A path; relative ones start at the folder of the settings file."""
RateHz = Annotated[float, Field(ge=0.5, le=120)]
"""Frames a second; at a lower rate, nobody is still known at the next look."""
TimeoutS = Annotated[float, Field(ge=0.5, le=120)]
WidthPx = Annotated[int, Field(ge=16, le=8192)]
ClassName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9 _-]{0,63}$"),
    Wish('write a class as the model names it, in small letters, as in "car"'),
]
"""What is counted: sites name it, models tell it."""
