"""What a model is told when it is asked for a new problem that is made from another."""

from typing import Final, Literal, get_args

from backend.science.proposal_templates import ProposalTemplate

Kind = Literal["variation", "harder"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_FRAME: Final = """\
You write a new problem that a program can check the answer of, beginning from the one below. {task}

The new problem must stand alone: no figure, no "as above", no word of the problem below. It must \
ask for exactly one short answer that follows from it, and must not say that answer. Keep the \
language of the problem below. Solve your new problem before you give its answer.

Reply with one JSON object and nothing else:
{{"prompt": "the new problem", "answer": "its final answer alone, as text", \
"why": "what it has in common with the other and what is new, in one or two sentences"}}

The problem:
<problem>
{prompt}
</problem>
{answer}{note}"""

_TASKS: Final[dict[Kind, str]] = {
    "variation": (
        "Stay with its topic and its difficulty, but ask about another situation that needs "
        "another line of thought: it is not enough to change names or numbers."
    ),
    "harder": (
        "Stay with its topic, and make it harder: its solution must take at least one more idea "
        "or step that builds on the others, not only larger numbers or more of the same."
    ),
}
_TEMPLATES: Final = {kind: ProposalTemplate(kind, 1, task, _FRAME) for kind, task in _TASKS.items()}


def augmentation_template(kind: Kind) -> ProposalTemplate:
    """The newest template of a kind."""
    return _TEMPLATES[kind]
