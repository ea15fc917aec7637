"""Benchmark items inside seeds: copies, rewordings and changed problems.

Stages, each of which names itself on the hit:

*exact*: the seed holds the whole item in one piece, on normalised words (`text`). For an item that
is shorter than an n-gram, or that is boilerplate throughout, the seed must moreover consist of it,
but for a few words: else `What is 2 + 2?` would be found in every longer text.

*ngram*: the seed shares n-grams with the item, and they cover enough of the *item*. How much else
the seed holds does not matter, so an item hidden in a long prompt is found. Words are weighted by
how rare their n-grams are among the items, so that instructions which many items share flag
nothing.

*retrieval*: the item is among the nearest by rare words and word pairs. *code*: the same among
programs, by what they say of themselves whatever their language.

What the last three find is compared closely (`pair_features`) and told apart by `pair_model`: the
same problem is *contaminated*, a changed one a *variant*, one of the same topic *related*.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from backend.science.contamination import DecontaminationPolicy, Hit, Verdict
from backend.science.copies import Copy, CopyIndex
from backend.science.hit_evidence import hit_of_copy, hit_of_pair
from backend.science.pair_model import Chances, PlainRule, fitted_model
from backend.science.pairs import Pair, PairIndex
from backend.science.text import words_with_offsets
from backend.science.word_hashes import hashed_words

_TEXTS_AT_ONCE: Final = 1000
_ORDER: Final = {"contaminated": 0, "variant": 1, "related": 2}


class BenchmarkIndex:
    """The items of all benchmarks, built once and then only read, from any thread."""

    def __init__(
        self, items: Iterable[tuple[str, str]], policy: DecontaminationPolicy | None = None
    ) -> None:
        """Index items; see `build`."""
        self.policy = policy or DecontaminationPolicy()
        self._items = list(items)
        texts = [text for _, text in self._items]
        self._copies = CopyIndex(hashed_words(texts), self.policy)
        judge = fitted_model() if self.policy.verdict_by == "model" else PlainRule()
        self._pairs = PairIndex(texts, judge) if self.policy.candidates else None

    @classmethod
    def build(
        cls, items: Iterable[tuple[str, str]], policy: DecontaminationPolicy | None = None
    ) -> "BenchmarkIndex":
        """Index benchmark items.

        Args:
            items: (item id, text) pairs. An item without a word is never found.
            policy: what counts as a hit.
        """
        return cls(items, policy)

    def __len__(self) -> int:
        return len(self._items)

    def find_hits(self, text: str) -> list[Hit]:
        """The benchmark items in a text, the surest first."""
        return self.find([text])[0]

    def find(self, texts: Sequence[str], since: int = 0) -> list[list[Hit]]:
        """The benchmark items in each of many texts, the surest first.

        Args:
            texts: seeds; many at once are faster than one by one.
            since: only items from this number on, in the order in which they were given, are looked
                for; what is rare is still judged by all.
        """
        found: list[list[Hit]] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            found += self._find(texts[start : start + _TEXTS_AT_ONCE], since)
        return found

    def find_copies(self, texts: Sequence[str]) -> list[list[Hit]]:
        """The items that stand in texts word by word, whole or in large part: the first two stages.

        For texts that may quote an item and are none themselves, such as a model's responses.
        """
        hits: list[list[Hit]] = [[] for _ in texts]
        for copy, hit in self._hits_of_copies(self._copies.find(hashed_words(texts)), texts):
            hits[copy.text].append(hit)
        return [sorted(found, key=_sureness) for found in hits]

    def _find(self, texts: Sequence[str], since: int) -> list[list[Hit]]:
        copies = [c for c in self._copies.find(hashed_words(texts)) if c.item >= since]
        sure = [copy for copy in copies if copy.is_whole or self._pairs is None]
        hits = {(copy.text, copy.item): hit for copy, hit in self._hits_of_copies(sure, texts)}
        if self._pairs is not None:
            for pair in self._pairs.find(texts, copies, self.policy.candidates, since):
                if hit := self._hit_of_pair(pair):
                    hits[pair.text, pair.item] = hit
        found: list[list[Hit]] = [[] for _ in texts]
        for (text, _), hit in hits.items():
            found[text].append(hit)
        return [sorted(one, key=_sureness) for one in found]

    def _hits_of_copies(
        self, copies: Iterable[Copy], texts: Sequence[str]
    ) -> Iterator[tuple[Copy, Hit]]:
        """Copies come text by text, so that the words of each are told apart once."""
        for text, found in groupby(copies, key=lambda copy: copy.text):
            seed = words_with_offsets(texts[text])
            for copy in found:
                item_id, item = self._items[copy.item]
                coverage = self._copies.coverage(copy.item, copy.runs)
                yield copy, hit_of_copy(copy, item_id, seed, words_with_offsets(item), coverage)

    def _hit_of_pair(self, pair: Pair) -> Hit | None:
        decided = self._verdict(pair.chances, pair)
        return decided and hit_of_pair(pair, self._items[pair.item][0], *decided)

    def _verdict(self, chances: Chances, pair: Pair) -> tuple[Verdict, float] | None:
        made_from = chances.same + chances.changed
        if chances.same >= self.policy.same_probability:
            return "contaminated", chances.same
        if made_from >= self.policy.variant_probability:
            return "variant", made_from
        if pair.method == "ngram" or pair.similarity >= self.policy.related_similarity:
            return "related", 1 - made_from
        return None


def _sureness(hit: Hit) -> tuple[int, float, str]:
    return _ORDER[hit.verdict], -hit.score, hit.item_id
