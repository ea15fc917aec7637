"""The key of an answer class: a type and a canonical value."""

from typing import Literal, NamedTuple, cast, get_args

Kind = Literal[
    "letter",
    "boolean",
    "integer",
    "rational",
    "decimal",
    "percent",
    "quantity",
    "date",
    "time",
    "tuple",
    "set",
    "interval",
    "matrix",
    "expression",
    "output",
    "text",
    "tests",
]


class AnswerKey(NamedTuple):
    """What an answer says, in a form where equal answers are equal.

    Keys of different kinds are never equal: 50, 50% and 0.5 are three answers. `str(key)` is
    `kind:value`, and `AnswerKey.parse` reads it back.
    """

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @classmethod
    def parse(cls, stored: str) -> "AnswerKey":
        """Read a key from its stored form.

        Raises:
            ValueError: the text is not `kind:value` with a known kind.
        """
        kind, separator, value = stored.partition(":")
        if not separator or kind not in get_args(Kind):
            raise ValueError(f"not an answer key: {stored[:80]!r}")
        return cls(cast(Kind, kind), value)
