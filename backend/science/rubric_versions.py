"""The rubrics' words: each version's dimensions, and the anchors of their levels.

A version never changes once verdicts were given under it: other words are another version.
"""

from typing import Any, Final, Literal, NamedTuple

DimensionName = Literal["steps", "difficulty", "multi_step", "well_posed", "verifiable"]
MOST_STEPS: Final = 100
MOST_LEVEL: Final = 5


class Anchor(NamedTuple):
    """What a level means, with an example."""

    level: int
    meaning: str
    example: str


class Dimension(NamedTuple):
    """One thing that is rated, with a whole number from 1 to `most`.

    Levels have an anchor each, counts a few or none.
    """

    name: DimensionName
    question: str
    most: int
    anchors: tuple[Anchor, ...] = ()


class Rubric(NamedTuple):
    """A version: what is rated, and how the form of a verdict is shown: by this example."""

    version: str
    dimensions: tuple[Dimension, ...]
    reply: str
    example: dict[str, Any]


def _levels(*anchors: tuple[str, str]) -> tuple[Anchor, ...]:
    return tuple(Anchor(level, *anchor) for level, anchor in enumerate(anchors, start=1))


_STEPS: Final = Dimension(
    "steps",
    "how many reasoning steps a careful solution needs. Recalling a fact is 1 step; each "
    "calculation, deduction or case adds 1.",
    MOST_STEPS,
)

FIRST: Final = Rubric(
    "1",
    (
        _STEPS,
        Dimension(
            "difficulty",
            "",
            MOST_LEVEL,
            _levels(
                ("recall or one operation", '"7 * 8"'),
                ("two or three plain steps", "a change-of-money problem"),
                ("several linked steps", "two trains that meet"),
                ("needs an idea or a case split", "an olympiad warm-up"),
                ("long or research-like", "an olympiad final"),
            ),
        ),
    ),
    "Reply with JSON only, such as",
    {
        "steps": 3,
        "difficulty": 2,
        "reasons": "Two prices are added, then change is taken.",
    },
)

SECOND: Final = Rubric(
    "2",
    (
        _STEPS._replace(
            anchors=(
                Anchor(1, "a fact or one operation", '"7 * 8"'),
                Anchor(3, "three in a row", "add two prices, take the change, share it"),
                Anchor(10, "many cases or deductions", "a logic grid of four people"),
            )
        ),
        FIRST.dimensions[1]._replace(question="how complex it is"),
        Dimension(
            "multi_step",
            "is it reasoned out, or recalled",
            MOST_LEVEL,
            _levels(
                ("recalled as it is", '"capital of France"'),
                ("recalled, then one inference", '"Is Paris north of Rome?"'),
                ("a known method applied", "area of a ring"),
                ("mostly steps that build on each other", "three siblings' ages"),
                ("a long chain, little to recall", "a logic grid"),
            ),
        ),
        Dimension(
            "well_posed",
            "does exactly one answer follow from what is given",
            MOST_LEVEL,
            _levels(
                ("no answer follows", '"A ship has 9 goats. How old is the captain?"'),
                ("needed facts are missing", '"A train leaves at 9. When does it arrive?"'),
                ("several answers fit", '"Next: 1, 2, 4, ..."'),
                ("one, under a usual assumption", '"Chance of a six?", the die being fair'),
                ("exactly one", '"17 * 3"'),
            ),
        ),
        Dimension(
            "verifiable",
            "can a short program or a comparison check the answer",
            MOST_LEVEL,
            _levels(
                ("a matter of taste", '"Write a poem"'),
                ("only an expert can tell", '"Prove that ..."'),
                ("partly, by key points", '"Why is the sky blue?"'),
                ("yes, in several wordings", '"Who wrote Emma?"'),
                ("exactly: a number, a choice, tested code", '"Primes below 50?"'),
            ),
        ),
    ),
    # The example names its own problem, so that its levels are not taken for those to give.
    'Reply with JSON only. For "Pens cost $2, books $5. Change from $10 for one of each?" that is',
    {
        "steps": 2,
        "difficulty": 2,
        "multi_step": 3,
        "well_posed": 5,
        "verifiable": 5,
        "reasons": "Two prices are added, then change is taken.",
    },
)
