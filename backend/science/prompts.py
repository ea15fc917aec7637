"""The words around a prompt when a reference or a weak model answers it.

Samples are stored under the hash of their template, so a change of its words is a new template with
a new hash, and old samples are not mistaken for answers to the new words.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class AnswerTemplate:
    """A named, versioned instruction that follows the prompt.

    Attributes:
        name: what people choose it by.
        version: raised with every change of the words.
        instruction: the words, put after the prompt in the same user message, since small models
            heed a system message least.
    """

    name: str
    version: int
    instruction: str

    @property
    def hash(self) -> str:
        """SHA-256 of name, version and words, in hexadecimal."""
        identity = json.dumps([self.name, self.version, self.instruction])
        return hashlib.sha256(identity.encode()).hexdigest()


class UnknownTemplate(LookupError):
    """No answer template has this name."""


STEP_BY_STEP: Final = AnswerTemplate(
    name="step_by_step",
    version=1,
    instruction="Please reason step by step, and put your final answer within \\boxed{}.",
)
ANSWER_ONLY: Final = AnswerTemplate(
    name="answer_only",
    version=1,
    instruction="Give only the final answer, without explanation.",
)
PROGRAM: Final = AnswerTemplate(
    name="program",
    version=1,
    instruction=(
        "Please reason step by step, and give the whole program in one code block that starts with "
        "```python, at the end of your answer."
    ),
)
"""For seeds with tests, whatever template their endpoints have: the answer is a program."""


def answer_messages(prompt: str, template: AnswerTemplate = STEP_BY_STEP) -> list[dict[str, str]]:
    """The chat messages that ask a model to answer a prompt."""
    return [{"role": "user", "content": f"{prompt.rstrip()}\n\n{template.instruction}"}]
