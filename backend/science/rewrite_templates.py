"""What a model is told when it is asked for a rewrite, and the strict reading of its reply.

A proposal is stored with the hash of its template, so a change of the words is a new template.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from backend.science.judge_replies import json_object

Kind = Literal[
    "proof_to_answer", "choice_to_open", "parts_to_single", "units_explicit", "ambiguity_removed",
    "free",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_PROMPT: Final = 200_000
MOST_ANSWER: Final = 2_000
MOST_WHY: Final = 5_000
_FIELDS: Final = {"prompt": MOST_PROMPT, "answer": MOST_ANSWER, "why": MOST_WHY}

_FRAME: Final = """\
You rewrite a problem so that a program can check its answer. {task}

The new problem must stand alone: no figure, no "as above", no other part. It must ask for exactly \
one short answer that follows from it, and must not say that answer. Keep the mathematics, the \
difficulty and the language of the original. Solve your new problem before you give its answer.

Reply with one JSON object and nothing else:
{{"prompt": "the new problem", "answer": "its final answer alone, as text", \
"why": "what you changed and why, in one or two sentences"}}

The problem:
<problem>
{prompt}
</problem>
{answer}"""


@dataclass(frozen=True)
class RewriteTemplate:
    """A kind of rewrite, and the words that ask for it.

    Attributes:
        kind: what it is called.
        version: raised with every change of the words.
        task: what is to be done.
    """

    kind: Kind
    version: int
    task: str

    @property
    def hash(self) -> str:
        """SHA-256 of kind, version and all words, in hexadecimal."""
        identity = json.dumps([self.kind, self.version, self.task, _FRAME])
        return hashlib.sha256(identity.encode()).hexdigest()


_TASKS: Final[dict[Kind, str]] = {
    "proof_to_answer": (
        "It asks for a proof. Ask instead for a value that only somebody who has found the key of "
        "the proof will get: a number, an expression, the case of equality."
    ),
    "choice_to_open": (
        "It offers choices. Ask for the answer itself, without the choices, so that it cannot be "
        "guessed; where the question needs them to be understood, say what it means instead."
    ),
    "parts_to_single": (
        "It has several parts. Ask for one answer: keep the part that needs the others, and give "
        "what it needs of them as part of the problem."
    ),
    "units_explicit": (
        "The unit or the form of its answer is left open. Say which unit, precision and form the "
        "answer is to have."
    ),
    "ambiguity_removed": (
        "More than one answer fits it. Add what is missing, or say what is meant, so that exactly "
        "one does, and change nothing else."
    ),
    "free": "Change what keeps its answer from being checked, and as little else as you can.",
}
_TEMPLATES: Final = {kind: RewriteTemplate(kind, 1, task) for kind, task in _TASKS.items()}


def rewrite_template(kind: Kind) -> RewriteTemplate:
    """The newest template of a kind."""
    return _TEMPLATES[kind]


def rewrite_messages(
    prompt: str, answer: str | None, template: RewriteTemplate
) -> list[dict[str, str]]:
    """The chat messages that ask a model for a rewrite; the answer is shown where there is one."""
    given = "" if answer is None else f"\nIts answer:\n<answer>\n{answer.strip()}\n</answer>\n"
    words = _FRAME.format(task=template.task, prompt=prompt.strip(), answer=given)
    return [{"role": "user", "content": words}]


class Proposal(NamedTuple):
    """A rewrite as a model gave it."""

    prompt: str
    answer: str
    why: str


class Unusable(NamedTuple):
    """Why a reply is no proposal."""

    reason: str


def parse_proposal(text: str) -> Proposal | Unusable:
    """Read a reply: one JSON object, bare or in a code fence, with exactly the three fields.

    Args:
        text: what the model wrote; thinking before the answer is left out.
    """
    found = json_object(text)
    if found is None:
        return Unusable("the reply is not one JSON object")
    if found.keys() != _FIELDS.keys():
        return Unusable(f"the fields are {_named(found)}, not prompt, answer and why")
    for field, most in _FIELDS.items():
        if (wrong := _wrong(found[field], most)) is not None:
            return Unusable(f"{field} {wrong}")
    return Proposal(found["prompt"].strip(), found["answer"].strip(), found["why"].strip())


def _named(found: dict[str, object]) -> str:
    return ", ".join(sorted(found))[:200] or "none"


def _wrong(value: object, most: int) -> str | None:
    if not isinstance(value, str):
        return "is not text"
    if not value.strip():
        return "is blank"
    if len(value) > most:
        return f"has {len(value):,} characters; at most {most:,} are allowed"
    if "\0" in value:
        return "holds a NUL"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair"
    return None
