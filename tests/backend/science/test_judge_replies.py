import pytest

from backend.science.judge_replies import json_object

REPLY = {"same": True}


@pytest.mark.parametrize(
    "text",
    [
        '{"same": true}',
        '```json\n{"same": true}\n```',
        '```\n\n  {"same": true}```',
        'So:\n```JSON \t\r\n{"same": true}\n```\nThat is all.',
    ],
)
def test_json_object_is_read_bare_and_from_one_fenced_block(text: str) -> None:
    assert json_object(text) == REPLY


@pytest.mark.parametrize("space", ["\n", "\n ", " ", "\t\n"])
def test_json_object_of_a_fence_that_only_space_follows_is_none_at_once(space: str) -> None:
    # A model that loses its way within JSON writes white space up to its token limit.
    assert json_object("```json" + space * 500_000) is None
