"""What a model is told when it is asked for a rewrite.

A proposal is stored with the hash of its template, so a change of the words is a new template.
"""

from typing import Final, Literal, get_args

from backend.science.proposal_templates import ProposalTemplate

Kind = Literal[
    "proof_to_answer", "choice_to_open", "parts_to_single", "units_explicit", "ambiguity_removed",
    "free",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

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
{answer}{note}"""

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
_VERSION: Final = 2
_TEMPLATES: Final = {
    kind: ProposalTemplate(kind, _VERSION, task, _FRAME) for kind, task in _TASKS.items()
}


def rewrite_template(kind: Kind) -> ProposalTemplate:
    """The newest template of a kind."""
    return _TEMPLATES[kind]
