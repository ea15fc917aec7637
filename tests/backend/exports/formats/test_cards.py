"""Cards of exports: what they say, in Markdown and YAML that texts of users cannot break."""

import ast
import subprocess
from datetime import timedelta, timezone
from typing import Any

import datasets
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backend.exports.examples import ExportFormat, FileKind, VersionFacts, WrittenFile
from backend.exports.formats import FORMATS
from backend.exports.formats.features import hub_features
from backend.exports.formats.front_matter import size_category
from backend.exports.formats.markdown import plain
from tests.format_examples import HASH, facts, figures

EACH = pytest.mark.parametrize("format_", FORMATS.values(), ids=lambda one: one.name)
HOSTILE = (
    "# x\n---\n| a | <script>alert(1)</script> [b](javascript:1) ![c](d) `e` ``` "
    "**f** $g$ &lt; ~h~ \u2028 \x07 license: mit"
)


def _card(format_: ExportFormat, of: VersionFacts) -> tuple[dict[str, Any], str]:
    text = format_.companions(of)["README.md"]
    empty, matter, body = text.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(matter), body


@EACH
def test_front_matter_says_what_the_hub_reads(format_: ExportFormat) -> None:
    matter, _ = _card(format_, facts())
    assert matter["pretty_name"] == "maths for TRL"
    assert matter["license"] == "cc-by-4.0"
    assert matter["size_categories"] == ["n<1K"]
    assert matter["task_categories"] == ["text-generation"]
    assert matter["configs"] == [{"config_name": "default", "data_files": [
        {"split": "train", "path": "data/train-*.parquet"},
        {"split": "validation", "path": "data/validation-*.parquet"},
    ]}]  # fmt: skip
    assert matter["dataset_info"]["splits"] == [
        {"name": "train", "num_bytes": 1000, "num_examples": 90},
        {"name": "validation", "num_bytes": 100, "num_examples": 10},
    ]


@EACH
def test_columns_are_as_datasets_would_write_them(format_: ExportFormat) -> None:
    features = datasets.Features.from_arrow_schema(format_.schema)
    assert hub_features(format_.schema) == features._to_yaml_list()
    _, body = _card(format_, facts())
    for name in format_.schema.names:
        assert f"\n| {plain(name)} | " in body


@EACH
def test_card_says_what_the_rows_are(format_: ExportFormat) -> None:
    _, body = _card(format_, facts())
    for said in (
        f"\n# maths for TRL\n\n{format_.title}: the rows of version 3 of the mixture maths,",
        "| train | 1 | 90 | 1,000 |",
        "| all | algebra | high | 60 | 1.5 | 90 | 9,000 | 100.0% | 10 |",
        "| my forum | 90 | 9,000 | 100.0% |",
        "| CC BY 4.0 | 90 | 9,000 | 0 | https://spdx.org/licenses/CC-BY-4.0.html |",
        "| 128 to below 256 | 10 |",
        f"`{HASH}`",
        "<summary>The recipe</summary>\n\n```yaml\nrandom_seed: 7\n",
        "left out: 4 for no trace.",
        "seedbed export verify path/to/this/folder",
        "seedbed lineage ",
    ):
        assert said in body


def test_side_without_rows_is_not_named() -> None:
    few = [WrittenFile("data/train-00000-of-00001.parquet", "train", "c" * 64, 5, 80)]
    matter, body = _card(FORMATS["trl-grpo"], facts(files=few))
    assert [one["split"] for one in matter["configs"][0]["data_files"]] == ["train"]
    assert 'rows["validation"]' not in body


@EACH
def test_same_facts_give_the_same_bytes(format_: ExportFormat) -> None:
    assert format_.companions(facts()) == format_.companions(facts())
    assert list(format_.companions(facts())) == ["README.md", "croissant.json"]
    elsewhere = facts().frozen_at.astimezone(timezone(timedelta(hours=-11)))
    assert format_.companions(facts(frozen_at=elsewhere)) == format_.companions(facts())


@EACH
@pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])
def test_code_to_copy_is_code(format_: ExportFormat, kind: FileKind) -> None:
    _, body = _card(format_, facts(kind=kind))
    blocks = [token for token in MarkdownIt().parse(body) if token.type == "fence"]
    assert {"bash", "yaml"} <= {block.info for block in blocks}
    for block in blocks:
        if block.info == "python":
            ast.parse(block.content)
        elif block.info == "bash":
            subprocess.run(["bash", "-n"], input=block.content, text=True, check=True)


def _hostile() -> VersionFacts:
    named = [{"name": HOSTILE, "rows": 90, "tokens": 9000, "share": 1.0}]
    cluster = {**figures()["clusters"][0], "domain": HOSTILE, "part": HOSTILE}
    found = figures(
        sources=named, licences=named, clusters=[cluster],
        warnings=[{"code": "one_source", "message": HOSTILE}],
    )  # fmt: skip
    recipe = {**facts().recipe, "parts": [{"name": HOSTILE + "\n```\n````\n</details>"}]}
    return facts(export_name=HOSTILE, mixture=HOSTILE, figures=found, recipe=recipe)


def _shape(body: str) -> list[str]:
    """What a reader's Markdown makes of a card, without the words."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    return [
        token.type
        for block in parser.parse(body)
        for token in [block, *(block.children or [])]
        if token.type not in {"text", "text_special"}
    ]


@EACH
def test_texts_of_users_are_never_markup(format_: ExportFormat) -> None:
    tame = figures(warnings=[{"code": "one_source", "message": "x"}])
    matter, body = _card(format_, _hostile())
    assert _shape(body) == _shape(_card(format_, facts(figures=tame))[1])
    assert "<script>" not in body.split("<summary>The recipe</summary>")[0]
    assert (matter["license"], matter["pretty_name"][:7]) == ("other", "# x ---")
    assert "license: mit" in matter["license_name"]


def test_recipe_comes_out_of_its_block_as_it_was() -> None:
    _, body = _card(FORMATS["trl-sft"], _hostile())
    [block] = [
        token.content
        for token in MarkdownIt().parse(body)
        if token.type == "fence" and token.info == "yaml"
    ]
    assert yaml.safe_load(block) == _hostile().recipe


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_one_line_without_markup(text: str) -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    tokens = parser.parse(f"Name: {plain(text)} end")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {part.type for part in tokens[1].children or []} <= {"text", "text_special"}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_front_matter_is_yaml_whatever_the_name(name: str) -> None:
    matter, _ = _card(FORMATS["datasets"], facts(export_name=name))
    assert "".join(matter["pretty_name"].split()) == "".join(
        sign for sign in name if sign.isprintable() and not sign.isspace()
    )


@pytest.mark.parametrize(
    ("rows", "word"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**12, "n>1T")],
)
def test_sizes_are_the_hubs_words(rows: int, word: str) -> None:
    assert size_category(rows) == word


def _loading(name: str, **given: Any) -> str:
    format_ = next(one for one in FORMATS.values() if one.name == name)
    _, body = _card(format_, facts(**given))
    return body.partition("## Loading")[2].partition("## Columns")[0]


def test_cards_hold_the_flags_of_their_library() -> None:
    assert "assistant_only_loss=True, max_length=4096" in _loading("trl-sft")
    assert "**not in the rows**" in _loading("trl-sft")
    sft = _loading("openrlhf-sft")
    assert "--data.input_key prompt --data.output_key response --data.apply_chat_template" in sft
    rl = _loading("openrlhf-rl")
    assert "--data.input_key prompt --data.label_key ground_truth --data.apply_chat_template" in rl
    verl = _loading("verl")
    assert '"data.train_files=$EXPORT/data/train-*.parquet"' in verl
    assert '"data.val_files=$EXPORT/data/validation-*.parquet"' in verl
    assert "zstd" not in verl


def test_verl_gets_its_rows_unpacked() -> None:
    files = [WrittenFile("data/train-00000-of-00001.jsonl.zst", "train", "c" * 64, 5, 80)]
    said = _loading("verl", kind="jsonl.zst", files=files)
    assert "zstd -d " in said
    assert '"data.train_files=$EXPORT/unpacked/data/train-*.jsonl"' in said
    assert "stand in for it" in " ".join(said.split())


def test_tokens_are_said_to_be_counted_as_they_were() -> None:
    card = FORMATS["trl-sft"].companions
    assert "times 1.1 (the recipe's `token_scale`)" in card(facts())["README.md"]
    counted = card(facts(recipe={"tokenizer": "qwen_3"}))["README.md"]
    assert r"as the tokenizer qwen\_3 counts them" in counted
    assert "3.5 bytes" not in counted
