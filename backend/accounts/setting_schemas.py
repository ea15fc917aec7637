"""A user's own settings of the triage pane."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

NAMED_KEYS: Final = (
    "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown",
)  # fmt: skip
# Streamlit takes these two for itself.
RESERVED: Final = ("c", "r")


def _usable(key: str) -> str:
    """The key as browsers name it, letters small: "a", "?", "ArrowLeft", or "Shift+a".

    Raises:
        PydanticCustomError: the browser, Streamlit or the pane needs this key, or it is none.
    """
    shifted, letter = key.startswith("Shift+"), key.removeprefix("Shift+")
    if letter in NAMED_KEYS and not shifted:
        return key
    if len(letter) != 1 or not letter.isprintable() or letter.isspace():
        raise PydanticCustomError("key", "is no single key: Ctrl, Alt and the like are not taken")
    if letter.isdigit():
        raise PydanticCustomError("key", "digits reject with a reason")
    small = letter.lower() if len(letter.lower()) == 1 else letter
    if small in RESERVED:
        raise PydanticCustomError("key", "the browser's page takes C and R for itself")
    if shifted and not letter.isalpha():
        raise PydanticCustomError("key", "Shift goes with letters only")
    return f"Shift+{small}" if shifted else small


Key = Annotated[str, Field(max_length=16), AfterValidator(_usable)]


class Keys(BaseModel):
    """Which key does what; each key does one thing."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    accept: Key = "a"
    reject: Key = "x"
    skip: Key = "s"
    rewrite: Key = "e"
    flag: Key = "f"
    undo: Key = "u"
    redo: Key = "Shift+u"
    dismiss_hit: Key = "d"
    confirm_hit: Key = "h"
    raw: Key = "m"
    forward: Key = "ArrowRight"
    back: Key = "ArrowLeft"
    card_down: Key = "ArrowDown"
    card_up: Key = "ArrowUp"
    help: Key = "?"

    @field_validator("*")
    @classmethod
    def _alone(cls, key: str, info: ValidationInfo) -> str:
        for action, taken in info.data.items():
            if taken == key:
                raise PydanticCustomError(
                    "key_taken", "{key} is the key of {action} already",
                    {"key": key, "action": action.replace("_", " ")},
                )  # fmt: skip
        return key


class UserSettings(BaseModel):
    """How the triage pane is for one user; what is left out is the default."""

    model_config = ConfigDict(extra="forbid")

    keys: Keys = Keys()
    auto_advance: bool = True
    text_size: Literal["small", "normal", "large", "largest"] = "normal"
