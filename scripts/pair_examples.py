"""Pairs of a text and a benchmark item with what they are to each other, ready for a fit."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.contamination import DecontaminationPolicy
from backend.science.copies import CopyIndex
from backend.science.pair_model import Chances, gate_inputs
from backend.science.pairs import PairIndex
from backend.science.sparse_index import Neighbours
from backend.science.word_hashes import hashed_words
from scripts.changed_problems import Changer

Row = dict[str, Any]

SAME, CHANGED, OTHER, UNCERTAIN = 0, 1, 2, -1
FOLDS: Final = 5
LICENCES: Final = frozenset(
    {
        "MIT", "MIT (text written by GPT-4)", "Apache-2.0", "Apache-2.0 (repo)",
        "CC BY 4.0 (WebQuestions)",
    }
)  # fmt: skip
"""A fit rests on texts under these alone; all others only test it."""
_CHANGED_WORD_PROBLEMS: Final = ("gsm8k_test",)
_CHANGED_FORMULAS: Final = ("math_test",)
_MOST_SEEDS: Final = 1200
"""Of one source; of the two in which problems of the two largest benchmarks' kind are, all."""
_ALL_SEEDS_OF: Final = frozenset({"gsm8k_train", "math_train"})
_SAME_AS_BENCHMARKS: Final = (
    "svamp", "mawps", "asdiv", "gsm_", "aime", "agieval", "college_math", "logiqa",
    "llmadapters_math", "mathqa_test", "leetcode", "aqua",
)  # fmt: skip
"""Sources that hold items of benchmarks, or variants of them."""
_OWN_NEIGHBOURS: Final = {
    "humaneval": 1, "gsm8k_test": 2, "mmlu_test": 6, "math_test": 4, "commonsenseqa_dev": 2,
}  # fmt: skip
"""Benchmarks of which every nth item is compared with the items near it."""
_LIKENESS: Final = 0.35
"""Texts that share so many of their trigrams may be of one problem, whatever a label says."""


class Text(NamedTuple):
    """A text, the item that it was made from (None: none), and what it is to that item."""

    text: str
    item: int | None
    label: int
    kind: str
    fold: int
    may_fit: bool
    weight: float


class Example(NamedTuple):
    """A text and one of the items near it; `gate` is None where no gate was asked."""

    text: int
    item: int
    label: int
    is_named: bool
    features: list[float]
    gate: list[float] | None


class _Recorder:
    """Lets all pairs through, and keeps what a gate would have weighed."""

    def __init__(self) -> None:
        self.seen: dict[tuple[int, int], list[float]] = {}

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]:
        """All of them."""
        keys = zip(pairs.text.tolist(), pairs.document.tolist(), strict=True)
        self.seen.update(zip(keys, gate_inputs(pairs).tolist(), strict=True))
        return np.ones(len(pairs.text), dtype=np.bool_)

    def chances(self, features: list[list[float]]) -> list[Chances]:
        """Nothing is known yet."""
        return [Chances(0.0, 0.0, 1.0)] * len(features)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def texts_of_pairs(pairs: Sequence[Row], places: dict[tuple[str, str], int]) -> list[Text]:
    """Labelled pairs."""
    return [
        Text(
            text=pair["text"],
            item=places[pair["benchmark"], pair["benchmark_id"]],
            label=SAME if pair["contaminated"] else CHANGED if pair["grey"] else OTHER,
            kind=pair["kind"] + (" (grey)" if pair["grey"] and pair["contaminated"] else ""),
            fold=fold_of(pair["benchmark"] + pair["benchmark_id"]),
            may_fit=pair["license"] in LICENCES and pair["kind"] != "translation_zh",
            weight=6.0 if pair["kind"].startswith(("code_", "paraphrase_llm_q")) else 1.0,
        )
        for pair in pairs
    ]


def changed_texts(items: Sequence[Row], pairs: Sequence[Text]) -> list[Text]:
    """Problems changed and reworded by rule, from items and from rewordings of them."""
    word_problems = [n for n, i in enumerate(items) if i["benchmark"] in _CHANGED_WORD_PROBLEMS]
    formulas = [n for n, i in enumerate(items) if i["benchmark"] in _CHANGED_FORMULAS]
    changer = Changer(7, [items[number]["text"] for number in word_problems])
    made = [(n, t) for n in word_problems[::2] for t in changer.word_problem(items[n]["text"])]
    made += [(n, t) for n in formulas[::5] for t in changer.formula_problem(items[n]["text"])]
    for pair in pairs:
        if pair.kind == "paraphrase_llm" and pair.item is not None:
            made.append((pair.item, changer.numbers(pair.text)))
    reworded = [(n, changer.reworded(items[n]["text"])) for n in (*word_problems, *formulas)[::3]]
    originals = {pair.text for pair in pairs}
    return [
        Text(
            text, number, label, kind,
            fold_of(items[number]["benchmark"] + items[number]["id"]), may_fit=True, weight=0.5,
        )
        for label, kind, texts in (
            (CHANGED, "changed by rule", made), (SAME, "reworded by rule", reworded),
        )
        for number, text in texts
        if text not in originals and text != items[number]["text"]
    ]  # fmt: skip


def unrelated_texts(seeds: Sequence[Row], pairs: Sequence[Text]) -> list[Text]:
    """Training problems, no copies of an item: what is near them is something else."""
    folds = {pair.text: pair.fold for pair in pairs}
    taken: Counter[str] = Counter()
    texts = []
    for seed in seeds[::-1]:
        source = seed["source"]
        is_copy = seed.get("exact_in") or seed.get("variant_of")
        if is_copy or source.startswith(_SAME_AS_BENCHMARKS):
            continue
        if taken[source] < _MOST_SEEDS or source in _ALL_SEEDS_OF:
            taken[source] += 1
            fold = folds.get(seed["prompt"], fold_of(seed["id"]))
            may_fit = seed["license"] in LICENCES
            texts.append(Text(seed["prompt"], None, OTHER, source, fold, may_fit, weight=0.25))
    return texts


def items_as_texts(items: Sequence[Row]) -> list[Text]:
    """Items, to be compared with the others of their benchmark, which are other problems."""
    counted: Counter[str] = Counter()
    texts = []
    for number, item in enumerate(items):
        name = item["benchmark"]
        counted[name] += 1
        if name in _OWN_NEIGHBOURS and counted[name] % _OWN_NEIGHBOURS[name] == 0:
            fold = fold_of(name + item["id"])
            may_fit = item["license"] in LICENCES
            texts.append(
                Text(item["text"], number, UNCERTAIN, "an item itself", fold, may_fit, weight=0.4)
            )
    return texts


def examples(items: Sequence[str], texts: Sequence[Text], count: int) -> list[Example]:
    """Each text with the nearest items, found and compared as the product does it."""
    recorder = _Recorder()
    index = PairIndex(items, recorder)
    copies = CopyIndex(hashed_words(items), DecontaminationPolicy())
    found: list[Example] = []
    for start in range(0, len(texts), 1000):
        recorder.seen.clear()
        batch = texts[start : start + 1000]
        prompts = [text.text for text in batch]
        # Whole copies are compared too, although the check has no need to: they are the same.
        parts = [c for c in copies.find(hashed_words(prompts)) if not c.is_whole]
        for pair in index.find(prompts, parts, count):
            text = batch[pair.text]
            named = text.item is not None and _words(items, pair.item) == _words(items, text.item)
            label = text.label if named else _label_of_other(items, text, pair.item)
            gate = recorder.seen.get((pair.text, pair.item)) if pair.method == "retrieval" else None
            found.append(Example(start + pair.text, pair.item, label, named, pair.features, gate))
    return found


def fold_of(name: str) -> int:
    """The part, of five, in which all that is made from one item lies."""
    return hashlib.sha256(name.encode()).digest()[0] % FOLDS


def _label_of_other(items: Sequence[str], text: Text, item: int) -> int:
    """An item that a text was not made from is another problem, unless the two are too alike."""
    source = text.text if text.item is None or text.label == OTHER else items[text.item]
    ours, theirs = _trigrams(items[item]), _trigrams(source)
    likeness = len(ours & theirs) / max(min(len(ours), len(theirs)), 1)
    return UNCERTAIN if likeness > _LIKENESS else OTHER


def _words(items: Sequence[str], item: int) -> list[str]:
    return items[item].lower().split()


def _trigrams(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))
