"""Embeddings and judgments of a fake server: a text's vector is its words, a judge says its line.

models = FakeModels({"Combien de canards ?": "How many ducks?"})
with FakeOpenAI(default=models) as server:
    ...
assert embedded_texts(server) == [...]
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import orjson

from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer

DIMENSIONS = 64


def vector_of(text: str) -> npt.NDArray[np.float32]:
    """The words of a text, each hashed to a direction of its own."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    for word in text.lower().split():
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        vector += np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return vector


class FakeModels:
    """Answers requests for embeddings, and hands all others to a judge.

    Args:
        translations: texts that have the vector of another one.
        judge: says what it thinks of a request.
    """

    def __init__(
        self,
        translations: Mapping[str, str] | None = None,
        judge: Callable[[Request], str] | None = None,
    ) -> None:
        self._translations = translations or {}
        self.judge = judge or (lambda _: '{"verdict": "same", "reason": "They ask the same."}')
        self.refusing: Callable[[Request], Step | None] = lambda _: None

    def __call__(self, request: Request) -> Step:
        if (refused := self.refusing(request)) is not None:
            return refused
        if not request.path.endswith("/embeddings"):
            return answer(self.judge(request))
        return embeddings([self._translations.get(text, text) for text in request.body["input"]])


def embeddings(texts: Sequence[str], tokens: int = 10) -> Step:
    """The vectors of texts, in no order; so many tokens a text."""
    data = [
        {"object": "embedding", "index": index, "embedding": vector_of(text).tolist()}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": tokens * len(texts), "total_tokens": tokens * len(texts)}
    return Step(orjson.dumps({"object": "list", "data": data[::-1], "usage": usage}))


def embedded_texts(server: FakeOpenAI) -> list[str]:
    """The texts that were sent for their vectors, in all requests together."""
    sent = [r.body["input"] for r in server.requests if r.path.endswith("/embeddings")]
    return [text for texts in sent for text in texts]


def judged_prompts(server: FakeOpenAI) -> list[str]:
    """What judges were asked."""
    return [r.prompt for r in server.requests if r.path.endswith("/chat/completions")]
