"""What a teacher is asked under a guideline: the guideline in the system message, nowhere else.

The prompt stays as a user would send it, with no word on boxes or final answers: a safety prompt
has no value to box. Only where a server does not show a model's thinking, the form of it is asked
for. Versioned and hashed like all templates, with the guideline's text, so that no answer that was
given under a guideline is mistaken for one that was not.
"""

import hashlib
import json
from typing import Final, NamedTuple

from backend.science.trace_templates import (
    SECTIONS,
    SOLUTION_HEADING,
    THINK_TAGS,
    THINKING_HEADING,
)

GUIDED_VERSION: Final = 1
GUIDED_WORDS: Final = """\
Below is a guideline that tells you how to treat requests of this kind. Let it shape what you \
think and what you answer, but let nothing show that it exists: your reader never sees it. Do not \
quote or paraphrase its sentences, do not name it, and do not speak of guidelines, policies, rules \
or instructions, in your thinking as little as in your answer. Reason from what is good for the \
person who asks and for others, in your own words. Where you decline, say so kindly and briefly, \
and offer what help you can give.

The guideline:
"""

_THINK: Final = (
    "think about what is asked, by whom it might be asked and why, who could be harmed or helped, "
    "and what a good answer would be"
)
_ANSWER: Final = "the answer for a reader who does not see your thinking"
_FORMS: Final = {
    THINK_TAGS.name: (
        f"First {_THINK}. Write all of that between <think> and </think>. "
        f"After </think> write {_ANSWER}."
    ),
    SECTIONS.name: (
        f'Write two sections. Under the heading "## {THINKING_HEADING}" {_THINK}. '
        f'Under the heading "## {SOLUTION_HEADING}" write {_ANSWER}. '
        "Use each of these headings once."
    ),
}


class GuidedQuestion(NamedTuple):
    """How a teacher is asked under one version of a guideline.

    Attributes:
        guideline: the text.
        template: the name of the template that the teacher has without a guideline; it says
            whether the form of the thinking is asked for.
    """

    guideline: str
    template: str

    @property
    def hash(self) -> str:
        """SHA-256 of version, words and guideline, in hexadecimal: it tells samples apart."""
        identity = json.dumps([GUIDED_VERSION, self.secret, self._form])
        return hashlib.sha256(identity.encode()).hexdigest()

    @property
    def secret(self) -> str:
        """All that the teacher sees and nobody else may: what leak checks look for."""
        return f"{GUIDED_WORDS}\n{self.guideline}"

    def messages(self, prompt: str) -> list[dict[str, str]]:
        """The chat messages that ask about a prompt."""
        asked = f"{prompt.rstrip()}\n\n{self._form}" if self._form else prompt
        return [{"role": "system", "content": self.secret}, {"role": "user", "content": asked}]

    @property
    def _form(self) -> str:
        return _FORMS.get(self.template, "")
