"""The embeddings protocol: request bodies, and the vectors in responses.

OpenAI's API reference for `/v1/embeddings`, which vLLM, llama.cpp, TEI and Ollama follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from workers.complaints import in_words
from workers.exchanges import Exchange, NotAnAnswer
from workers.token_count import estimated_tokens

EMBEDDINGS: Final = "embeddings"


@dataclass(frozen=True)
class Embedded:
    """What one request brought.

    Attributes:
        vectors: one row a text, in their order.
        prompt_tokens: of all texts together.
        latency_ms: of the request, without queueing and retries.
    """

    vectors: npt.NDArray[np.float32]
    prompt_tokens: int
    latency_ms: int


def embedding(model: str, texts: Sequence[str]) -> Exchange[Embedded]:
    """The request that asks for the vectors of texts."""
    body = {"model": model, "input": list(texts), "encoding_format": "float"}
    return Exchange(
        path=EMBEDDINGS,
        body=lambda: body,
        prompt_tokens=lambda: tokens_of(texts),
        completion_tokens=0,
        read=lambda content, latency_ms: embeddings_of(content, texts, latency_ms),
        taken=lambda embedded: embedded.prompt_tokens,
    )


def tokens_of(texts: Sequence[str]) -> int:
    """About how many tokens texts have together."""
    return sum(map(estimated_tokens, texts))


def embeddings_of(content: bytes, texts: Sequence[str], latency_ms: int) -> Embedded:
    """The vectors in a response body.

    Raises:
        NotAnAnswer: it does not hold one finite vector for each text, all of one length.
    """
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        text = content.decode(errors="replace")
        raise NotAnAnswer(f"the server answered 200 with what is not JSON: {text}") from None
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise NotAnAnswer(f"the server answered 200 without embeddings: {in_words(body)}")
    vectors = _matrix(_in_order(rows, len(texts)))
    return Embedded(vectors, _prompt_tokens(body.get("usage"), texts), latency_ms)


def _in_order(rows: Sequence[Any], wanted: int) -> list[Any]:
    by_index = {
        row.get("index", place): row.get("embedding")
        for place, row in enumerate(rows)
        if isinstance(row, dict)
    }
    if len(rows) != wanted or set(by_index) != set(range(wanted)):
        raise NotAnAnswer(f"the server gave {len(rows)} embeddings for {wanted} texts")
    return [by_index[index] for index in range(wanted)]


def _matrix(rows: Sequence[Any]) -> npt.NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):  # what single precision cannot hold is not finite then
            vectors = np.array(rows, dtype=np.float64).astype(np.float32)
    except (TypeError, ValueError):
        raise NotAnAnswer("embeddings are not lists of numbers of one length") from None
    if vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise NotAnAnswer("embeddings are not lists of finite numbers of one length")
    return vectors


def _prompt_tokens(usage: Any, texts: Sequence[str]) -> int:
    for name in ("prompt_tokens", "total_tokens"):
        count = usage.get(name) if isinstance(usage, dict) else None
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            return count
    return tokens_of(texts)
