"""Tokens as the model that is to be trained counts them, by its own tokenizer from a local file."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from backend.errors import Invalid

FILE: Final = "tokenizer.json"
Count = Callable[[str], int]


class TokenizerUnreadable(Exception):
    """A path leads to no tokenizer; the message says why."""


@lru_cache(maxsize=4)
def load_tokenizer(path: str) -> Count:
    """What counts the tokens of a text, those that a chat template would add left out.

    Args:
        path: to a `tokenizer.json`, or to a folder that holds one.

    Raises:
        TokenizerUnreadable: there is none, or it is broken.
    """
    from tokenizers import Tokenizer  # its library takes long to load, and few need it

    file = Path(path).expanduser()
    file = file / FILE if file.is_dir() else file
    if not file.is_file():
        raise TokenizerUnreadable(f"there is no {FILE} at {path}")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise TokenizerUnreadable(f"{file} is no tokenizer: {error}") from error
    # A file may say to cut or fill texts, as its model was trained.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def checked_tokenizer(path: str) -> str:
    """The path, if it leads to a tokenizer here.

    Raises:
        Invalid: it does not; the field is `tokenizer`.
    """
    try:
        load_tokenizer(path)
    except TokenizerUnreadable as error:
        raise Invalid(str(error), field="tokenizer") from error
    return path
