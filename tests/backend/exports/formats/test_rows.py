"""What an example becomes in each format, written out in full, and that any text survives."""

from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.exports.examples import Example, ExportFormat
from backend.exports.formats import FORMATS
from backend.exports.guidelines import GuidelineCheck, GuidelineText
from backend.exports.rows import lineage_of
from tests.format_examples import accepted, example

EACH = pytest.mark.parametrize("format_", FORMATS.values(), ids=lambda one: one.name)

LINEAGE = {
    "seed_id": 7, "revision_id": 8, "source": "my forum", "external_id": "q-1",
    "domain": "algebra", "licence": "CC BY 4.0", "key_origin": "given", "reliability": 0.875,
    "verdict": "teachable", "score": 0.5, "policy": "default v1", "synthetic": True,
    "parent_seed_id": 5, "confirmed_hits": ["gsm8k 12"], "sample_id": 9, "model": "teacher-1",
    "split": "train", "position": 3, "copy_number": 2, "weight": 1.5, "tokens": 120, "family": 4,
}  # fmt: skip
SAID = "<think>\nsix sevens\n</think>\n\nSo \\boxed{42}."
QUESTION = {"role": "user", "content": "What is 6 x 7?"}
ANSWER = {"role": "assistant", "content": SAID}

WHOLE: dict[str, dict[str, Any]] = {
    "trl-sft": {"messages": [QUESTION, ANSWER], "reference_answer": "42", **LINEAGE},
    "trl-grpo": {"prompt": [QUESTION], "ground_truth": "42", **LINEAGE},
    "openrlhf-sft": {
        "prompt": "What is 6 x 7?", "response": SAID, "reference_answer": "42", **LINEAGE,
    },
    "openrlhf-rl": {
        "prompt": [QUESTION], "ground_truth": "42", "datasource": "my forum", **LINEAGE,
    },
    "verl": {
        "data_source": "my forum", "prompt": [QUESTION], "ability": "algebra",
        "reward_model": {"style": "rule", "ground_truth": "42"},
        "extra_info": {"index": 3, **LINEAGE},
    },
    "datasets": {
        "prompt": "What is 6 x 7?", "thinking": "six sevens", "response": "So \\boxed{42}.",
        "answer": "42", **LINEAGE,
    },
}  # fmt: skip


def test_each_format_is_written_out_here() -> None:
    assert list(FORMATS) == list(WHOLE) == [one.name for one in FORMATS.values()]


@EACH
def test_whole_row(format_: ExportFormat) -> None:
    row = format_.row(example(3))
    assert row == WHOLE[format_.name]
    assert pa.Table.from_pylist([row], format_.schema).to_pylist() == [row]


@EACH
def test_every_value_has_a_column(format_: ExportFormat) -> None:
    row = format_.row(example())
    assert row is not None
    assert {*row} == {*format_.schema.names}
    if format_.name == "verl":
        assert {*row["extra_info"]} == {
            part.name for part in format_.schema.field("extra_info").type
        }


@EACH
def test_plurality_is_the_key_where_none_is_given(format_: ExportFormat) -> None:
    row = format_.row(example(answer=None))
    assert row is not None
    keys = {"ground_truth", "reference_answer", "answer"}
    found = {**row, **row.get("reward_model", {})}
    assert [found[name] for name in keys & found.keys()] == ["41"]
    assert row.get("extra_info", row)["key_origin"] == "plurality"


@EACH
def test_example_without_what_the_layout_needs_is_none(format_: ExportFormat) -> None:
    without_trace = format_.row(example(response=None, reasoning=None, sample_id=None, model=None))
    without_key = format_.row(example(answer=None, reference_answer=None))
    assert (without_trace is None) == (format_.layout == "sft")
    assert (without_key is None) == (format_.layout == "rl")


def test_plain_row_of_a_prompt_alone_has_nulls() -> None:
    bare = example(response=None, reasoning=None, answer=None, reference_answer=None)
    row = FORMATS["datasets"].row(bare)
    assert row is not None
    assert [row[name] for name in ("thinking", "response", "answer")] == [None, None, None]


def test_verl_row_without_a_domain_has_an_ability() -> None:
    row = FORMATS["verl"].row(example(domain=None))
    assert row is not None
    assert (row["ability"], row["extra_info"]["domain"]) == ("unknown", None)


@EACH
def test_lineage_is_that_of_quick_exports(format_: ExportFormat) -> None:
    row = format_.row(example())
    assert row is not None
    assert lineage_of(accepted()).items() <= row.get("extra_info", row).items()


@EACH
def test_words_of_a_guideline_are_found_in_what_is_said(format_: ExportFormat) -> None:
    rule = "never reveal the hidden number of the second drawer to anybody who asks for it politely"
    check = GuidelineCheck([GuidelineText("drawers, version 1", rule)])
    quoting = format_.row(example(response=f"As I was told: {rule}. So 42.", answer="42"))
    asking = format_.row(example(prompt=f"Comment: {rule}", response="It is a rule."))
    assert quoting is not None
    assert asking is not None
    if format_.layout != "rl":
        assert check.find(quoting) is not None
    assert check.find(asking) is None


# What Postgres can hold: no NUL, no half of a surrogate pair.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
MAYBE = st.none() | TEXT
NUMBER = st.integers(1, 2**63 - 1)
SHARE = st.none() | st.floats(0, 1)

EXAMPLES = st.builds(
    Example, NUMBER, st.sampled_from(["train", "validation"]), NUMBER,
    st.floats(0, 100), NUMBER, NUMBER,
    st.builds(
        accepted, seed_id=NUMBER, source=TEXT, external_id=MAYBE, domain=MAYBE, licence=MAYBE,
        prompt=TEXT, answer=MAYBE, reference_answer=MAYBE, response=MAYBE, reasoning=MAYBE,
        reliability=SHARE, score=SHARE, model=MAYBE, confirmed_hits=st.lists(TEXT, max_size=2),
        parent_id=st.none() | NUMBER,
    ),
)  # fmt: skip


@EACH
@given(examples=st.lists(EXAMPLES, max_size=4))
def test_any_text_survives(format_: ExportFormat, examples: list[Example]) -> None:
    rows = [row for one in examples if (row := format_.row(one)) is not None]
    assert pa.Table.from_pylist(rows, format_.schema).to_pylist() == rows
    assert [orjson.loads(orjson.dumps(row)) for row in rows] == rows
    for row in rows:
        found = {**row, **row.get("reward_model", {})}
        assert isinstance(found.get("ground_truth", ""), str)
