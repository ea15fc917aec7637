"""The library `tokenizers`, as far as it is used: read a file, count texts."""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from backend.errors import Invalid

CountAll = Callable[[Sequence[str]], list[int]]


def vocabulary_of(file: bytes) -> int:
    """How many tokens a `tokenizer.json` knows.

    Raises:
        Invalid: it is none; the field is `file`.
    """
    return int(_loaded(file).get_vocab_size())


def counter(file: bytes) -> CountAll:
    """What counts texts, without what a chat template adds; a batch is shared out over threads."""
    return _counter(hashlib.sha256(file).hexdigest(), _File(file))


class _File(bytes):
    """The bytes themselves, not compared: the hash beside them says which they are."""

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _File)


@lru_cache(maxsize=2)
def _counter(sha256: str, file: _File) -> CountAll:
    tokenizer = _loaded(bytes(file))
    # A file may say to cut or fill texts, as its model was trained.
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(one.ids) for one in encoded]

    return count


def _loaded(file: bytes) -> Any:
    from tokenizers import Tokenizer  # its library takes long to load, and few need it

    try:
        return Tokenizer.from_buffer(file)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library raises plain ones, and panics of its own
        raise Invalid(f"this is no tokenizer.json: {str(error)[:200]}", field="file") from error
