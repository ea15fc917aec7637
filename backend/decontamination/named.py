"""The benchmarks that a seed set should be checked against, as published reports name them.

The names are those of the Phi-4-reasoning technical report (arXiv 2504.21318), which lists what its
training data was checked against. Sizes are of the split that is evaluated on; what is not known
for sure is None.
"""

import re
from typing import Final, NamedTuple

REPORT: Final = "Phi-4-reasoning (arXiv 2504.21318)"
NONE: Final = "none"
"""What a loaded benchmark stands for that is none of the named ones, whatever its name."""


class NamedBenchmark(NamedTuple):
    """An evaluation set that reports name.

    Attributes:
        name: as the report writes it.
        aliases: what else it is called, wholly or in part; compared without case and punctuation.
        home: the data set on the Hugging Face hub; None where there is no such.
        fields: the columns there that make up an item's text.
        split: the split there that is evaluated on.
        config: the configuration there; None for the only one.
        items: how many items it has.
        licence: its own, where it states one.
        released: year and month of its first publication.
        gated: whether it asks that its items are not published in plain text.
        public: whether it can be had at all.
        in_parts: whether it is loaded as several benchmarks whose items add up.
        note: what one has to know to load it.
    """

    name: str
    aliases: tuple[str, ...] = ()
    home: str | None = None
    fields: tuple[str, ...] = ()
    split: str = "test"
    config: str | None = None
    items: int | None = None
    licence: str | None = None
    released: str | None = None
    gated: bool = False
    public: bool = True
    in_parts: bool = False
    note: str | None = None


NAMED: Final = (
    NamedBenchmark(
        "AIME-2024", ("aime24",), "HuggingFaceH4/aime_2024", ("problem",), "train", items=30,
        released="2024-02",
    ),
    NamedBenchmark(
        "MATH", ("hendrycks_math", "competition_math", "math_500"), "EleutherAI/hendrycks_math",
        ("problem",), config="algebra", items=5000, licence="MIT", released="2021-03",
        note="load each of its seven configurations under this name",
    ),
    NamedBenchmark(
        "GPQA", ("gpqa_main", "gpqa_diamond", "gpqa_extended"), "Idavidrein/gpqa", ("Question",),
        "train", "gpqa_main", 448, "CC BY 4.0", "2023-11", gated=True,
        note="its authors ask that its items are not published: it is loaded as gated",
    ),
    NamedBenchmark(
        "LiveCodeBench", ("lcb", "code_generation_lite"), released="2024-03",
        note="it grows with each release: load each of its files under this name and --version",
    ),
    NamedBenchmark(
        "Codeforces", note="the report does not say which contests: load those you evaluate on",
    ),
    NamedBenchmark(
        "OmniMATH", (), "KbsdJames/Omni-MATH", ("problem",), items=4428, licence="Apache-2.0",
        released="2024-10",
    ),
    NamedBenchmark(
        "SWE-Bench Verified", (), "princeton-nlp/SWE-bench_Verified", ("problem_statement",),
        items=500, released="2024-08",
    ),
    NamedBenchmark(
        "SimpleQA", (), "basicv8vc/SimpleQA", ("problem",), items=4326, licence="MIT",
        released="2024-10",
    ),
    NamedBenchmark(
        "DROP", (), "ucinlp/drop", ("passage", "question"), "validation", items=9535,
        licence="CC BY-SA 4.0", released="2019-03",
    ),
    NamedBenchmark(
        "AGIEval", (), items=8062, licence="MIT", released="2023-04", in_parts=True,
        note="one file a task: load each under this name, or as agieval_TASK",
    ),
    NamedBenchmark(
        "ARC-Challenge", ("arc_c",), "allenai/ai2_arc", ("question", "choices"),
        config="ARC-Challenge", items=1172, licence="CC BY-SA 4.0", released="2018-03",
    ),
    NamedBenchmark(
        "ARC-Easy", ("arc_e",), "allenai/ai2_arc", ("question", "choices"), config="ARC-Easy",
        items=2376, licence="CC BY-SA 4.0", released="2018-03",
    ),
    NamedBenchmark(
        "CommonsenseQA", ("csqa",), "tau/commonsense_qa", ("question", "choices"), "validation",
        items=1221, licence="MIT", released="2018-11",
    ),
    NamedBenchmark(
        "GSM8k", (), "openai/gsm8k", ("question",), config="main", items=1319, licence="MIT",
        released="2021-10",
    ),
    NamedBenchmark(
        "HellaSwag", (), "Rowan/hellaswag", ("ctx", "endings"), "validation", items=10042,
        licence="MIT", released="2019-05",
    ),
    NamedBenchmark(
        "HumanEval", ("openai_humaneval",), "openai/openai_humaneval", ("prompt",), items=164,
        licence="MIT", released="2021-07",
    ),
    NamedBenchmark(
        "MBPP", ("mbpp_sanitized",), "google-research-datasets/mbpp", ("text",), config="full",
        items=500, licence="CC BY 4.0", released="2021-08",
    ),
    NamedBenchmark(
        "OpenBookQA", ("obqa",), "allenai/openbookqa", ("question_stem", "choices"), config="main",
        items=500, released="2018-09",
    ),
    NamedBenchmark(
        "PIQA", (), "ybisk/piqa", ("goal", "sol1", "sol2"), "validation", items=1838,
        released="2019-11",
    ),
    NamedBenchmark(
        "WinoGrande", (), "allenai/winogrande", ("sentence", "option1", "option2"), "validation",
        "winogrande_xl", 1267, released="2019-07",
    ),
    NamedBenchmark(
        "ArenaHard", ("arena_hard_auto",), items=500, licence="Apache-2.0", released="2024-06",
        note="load the question.jsonl of the release that you evaluate on",
    ),
    NamedBenchmark(
        "MT-Bench", ("mt_bench_prompts",), "HuggingFaceH4/mt_bench_prompts", ("prompt",), "train",
        items=80, licence="Apache-2.0", released="2023-06",
    ),
    NamedBenchmark(
        "PhiBench", public=False, note="it is internal to Microsoft and cannot be had",
    ),
)  # fmt: skip

# Contests of February 2025, after the report's training data was made: AIME of the Mathematical
# Association of America, HMMT of Harvard and MIT. Data made since can hold them.
EVALUATED: Final = (
    NamedBenchmark("AIME-2025", ("aime25",), items=30, released="2025-02"),
    NamedBenchmark(
        "HMMT-February-2025", ("hmmt_feb_2025", "hmmt_feb_25", "hmmt25", "hmmt2025"), items=30,
        released="2025-02",
    ),
)  # fmt: skip
"""What the report evaluates on besides, and its training data is older than."""

BY_NAME: Final = {named.name: named for named in (*NAMED, *EVALUATED)}
_SPLIT_AT_END: Final = re.compile(r"[\W_]+(test|validation|valid|val|dev|train)$", re.IGNORECASE)


def recognised(name: str) -> NamedBenchmark | None:
    """The named benchmark that a loaded one is, wholly or in part, going by its name alone."""
    plain = _plain(_SPLIT_AT_END.sub("", name.rpartition("/")[2]))
    return _BY_PLAIN_NAME.get(plain) or next(
        (named for named in NAMED if named.in_parts and plain.startswith(_plain(named.name))), None
    )


def how_to_load(named: NamedBenchmark) -> str | None:
    """The command that loads it from a copy of its data set; None where none can be told."""
    if named.home is None:
        return None
    folder = named.home.rpartition("/")[2]
    words = ["seedbed benchmarks load", folder, "--name", f"'{named.name}'"]
    words += ["--config", named.config] if named.config else []
    words += ["--split", named.split]
    return " ".join([*words, *(f"--text-field {field}" for field in named.fields)])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


_BY_PLAIN_NAME: Final = {
    _plain(called): named for named in BY_NAME.values() for called in (named.name, *named.aliases)
}
