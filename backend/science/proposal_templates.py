"""What a model is told when it is asked to propose something about a problem."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class ProposalTemplate:
    """The words that ask for one kind of proposal.

    Attributes:
        kind: what it is called.
        version: raised with every change of the words.
        task: what is to be done.
        frame: the words around it, with places for `task`, `prompt`, `answer` and `note`.
    """

    kind: str
    version: int
    task: str
    frame: str

    def hash_with(self, note: str | None = None) -> str:
        """SHA-256 of kind, version, all words and the note, in hexadecimal.

        A reply is stored under it: the same question is never paid for twice, another one is.
        """
        identity = json.dumps([self.kind, self.version, self.task, self.frame, note])
        return hashlib.sha256(identity.encode()).hexdigest()

    def messages(
        self, prompt: str, answer: str | None, note: str | None = None
    ) -> list[dict[str, str]]:
        """The chat that asks; the answer and a curator's note are shown where there are any."""
        words = self.frame.format(
            task=self.task,
            prompt=prompt.strip(),
            answer=_part("Its answer", "answer", answer),
            note=_part("What a curator asks for", "note", note),
        )
        return [{"role": "user", "content": words}]


def _part(heading: str, name: str, text: str | None) -> str:
    return "" if text is None else f"\n{heading}:\n<{name}>\n{text.strip()}\n</{name}>\n"
