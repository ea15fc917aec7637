"""Tokens of a prompt by its bytes, where no tokenizer has counted them."""

import math
from typing import Final

BYTES_PER_TOKEN: Final = 3.5
"""Our choice: English runs at four bytes a token, formulas and code at three, Chinese at three.
Prompts are a small part of what is trained on; the tokens of traces are those that were counted."""


def prompt_tokens(prompt: str) -> int:
    """About how many tokens it has."""
    return math.ceil(len(prompt.encode(errors="surrogatepass")) / BYTES_PER_TOKEN)
