"""What the pages ask the API about tokenizers."""

from typing import Any, cast

import httpx

from dashboard import rows
from dashboard.rows.tokenizers import Tokenizer

# What is waiting is counted over all traces; a file has some megabytes.
PATIENT = httpx.Timeout(120.0, connect=3.0)


class TokenizerRequests:
    """The part of `dashboard.api.Api` that is about tokenizers."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def tokenizers(self, *, counts: bool) -> list[Tokenizer]:
        """All of them; counting what is counted takes long where there are many traces."""
        asked = str(counts).lower()
        return cast(list[Tokenizer], self._get("/v1/tokenizers", counts=asked, timeout=PATIENT))

    def add_tokenizer(self, name: str, template_tokens: int, file: bytes) -> Tokenizer:
        """Register one."""
        params = {"name": name, "template_tokens": template_tokens}
        response = self._send(
            "POST", "/v1/tokenizers", params=params, content=file, timeout=PATIENT,
            headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip
        return cast(Tokenizer, response.json())

    def count_tokens(self, tokenizer_id: int) -> rows.Job:
        """Have it count what it has not counted yet."""
        return cast(rows.Job, self._post(f"/v1/tokenizers/{tokenizer_id}:count"))
