"""A tokenizer of whole words, and its registration."""

from typing import Any

from fastapi.testclient import TestClient
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

Json = dict[str, Any]


def words_file(*known: str) -> bytes:
    """Counts what stands between spaces; it was trained to cut texts after three."""
    vocabulary = {"[UNK]": 0} | {word: number for number, word in enumerate(known, start=1)}
    made = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = WhitespaceSplit()  # type: ignore[assignment]
    made.enable_truncation(3)
    return made.to_str().encode()


def registered(client: TestClient, name: str = "words", **options: Any) -> Json:
    """Registered, without a word for the template unless one is given."""
    file = options.pop("file", None) or words_file()
    params = {"name": name, "template_tokens": 0, **options}
    answer = client.post("/v1/tokenizers", params=params, content=file)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found
