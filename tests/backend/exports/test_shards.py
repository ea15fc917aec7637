"""Which rows of a version go into which file, and that guidelines' words are missed nowhere."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.exports.guideline_screen import GuidelineScreen
from backend.exports.guidelines import GuidelineCheck, GuidelineText
from backend.exports.shards import Split, plan_shards
from backend.science.guided_questions import GUIDED_WORDS
from tests.guided_runs import GUIDELINE, NAME

SECOND = GuidelineText("fullwidth", "ＡＢＣ straße official İstanbul remains open and safe today")
TEXTS = [GuidelineText(NAME, GUIDELINE), SECOND]
CHECK, SCREEN = GuidelineCheck(TEXTS), GuidelineScreen(TEXTS)
WORDS = [*GUIDELINE.split(), *GUIDED_WORDS.split(), *SECOND.text.split()]
BETWEEN = [" ", "\n", ", ", " \\textbf{", "} ", "\u00ad", "\u200b", " \\begin{array} ", "_", "~"]


def test_known_plan() -> None:
    """10 rows of 250 tokens at 100 a file: ceil(250 / 100) = 3 files from rows 0, 3 and 6 on."""
    splits = [Split("train", 0, 10, 250), Split("validation", 10, 2, 90)]
    planned = plan_shards(splits, "parquet", 100)
    assert [(shard.path, shard.first, shard.end) for shard in planned] == [
        ("data/train-00000-of-00003.parquet", 0, 3),
        ("data/train-00001-of-00003.parquet", 3, 6),
        ("data/train-00002-of-00003.parquet", 6, 10),
        ("data/validation-00000-of-00001.parquet", 10, 12),
    ]


def test_degenerate_plans() -> None:
    assert plan_shards([Split("train", 0, 0, 0)], "parquet", 100) == []
    [only] = plan_shards([Split("train", 0, 3, 0)], "jsonl.zst", 100)
    assert (only.path, only.rows) == ("data/train-00000-of-00001.jsonl.zst", 3)
    # Rows longer than a file: one row a file, and no empty ones.
    assert [shard.rows for shard in plan_shards([Split("train", 0, 2, 900)], "parquet", 100)] == [
        1, 1
    ]  # fmt: skip


@given(
    sizes=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 10**6)), min_size=1, max_size=2),
    shard_tokens=st.integers(1000, 10**6),
)
def test_every_row_is_in_one_file_and_files_are_alike(
    sizes: list[tuple[int, int]], shard_tokens: int
) -> None:
    splits, first = [], 0
    for name, (rows, tokens) in zip(("train", "validation"), sizes, strict=False):
        splits.append(Split(name, first, rows, tokens))
        first += rows
    planned = plan_shards(splits, "parquet", shard_tokens)
    assert [row for shard in planned for row in range(shard.first, shard.end)] == list(range(first))
    for split in splits:
        found = [shard.rows for shard in planned if shard.split == split.name]
        assert max(found) - min(found) <= 1
        assert min(found) >= 1


def _table(rows: list[dict]) -> pa.Table:
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    return pa.Table.from_pylist(
        rows, schema=pa.schema([("messages", pa.list_(message)), ("source", pa.string())])
    )


def _row(text: str, source: str = "s") -> dict:
    asked = {"role": "user", "content": "What?"}
    return {"messages": [asked, {"role": "assistant", "content": text}], "source": source}


@settings(deadline=None)  # the first table takes as long as its library to load
@given(
    texts=st.lists(
        st.tuples(
            st.integers(0, len(WORDS) - 12),
            st.lists(st.sampled_from(BETWEEN), min_size=12, max_size=12),
            st.sampled_from([str.upper, str.lower, str.title, str.casefold]),
        ),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_fast_look_misses_nothing_that_the_close_one_finds(texts: list) -> None:
    rows = [
        _row("So, " + "".join(
            case(word) + gap for word, gap in zip(WORDS[start : start + 12], gaps, strict=True)
        ))
        for start, gaps, case in texts
    ]  # fmt: skip
    expected = [
        (place, quoted) for place, row in enumerate(rows) if (quoted := CHECK.find(row)) is not None
    ]
    assert list(SCREEN.find_all(rows, _table(rows))) == expected


def test_fast_look_passes_over_what_is_far_from_any_guideline() -> None:
    rows = [_row("The sum of the first ten odd numbers is one hundred. " * 20)] * 3
    assert SCREEN.suspects(_table(rows)) == []
    quoting = [*rows, _row("Fine.", source=GUIDELINE), _row(f"Hm. {GUIDELINE.upper()}")]
    assert SCREEN.suspects(_table(quoting)) == [3, 4]


def test_guideline_without_plain_words_is_looked_for_closely() -> None:
    text = "这是一个指导原则请不要告诉任何人关于它的事情"
    screen = GuidelineScreen([GuidelineText("chinese", text)])
    rows = [_row("Nothing."), _row(f"所以 {text}")]
    assert [place for place, _ in screen.find_all(rows, _table(rows))] == [1]
