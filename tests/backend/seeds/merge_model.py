"""The documented rules of a merge, one row after the other."""

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ModelSeed:
    """A seed as the model knows it."""

    source: str
    external_id: str | None
    prompt: str
    answer: str | None
    revisions: int = 1


@dataclass
class ModelUpload:
    """One upload into `seeds`; those that it creates get the numbers of `new_ids` in turn."""

    seeds: dict[int, ModelSeed]
    new_ids: list[int]
    _first: dict[Any, tuple[int, str]] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = dict(self.seeds)

    def result(self, row: dict[str, Any]) -> tuple[str, int | None]:
        """What becomes of the next row: status and number."""
        target, name = self._target(row), row.get("external_id")
        meaning = target or (name and (row["source"], name))
        if meaning in self._first:
            first_id, first_prompt = self._first[meaning]
            same = first_prompt == row["prompt"]
            return ("duplicate", first_id) if same else ("rejected", None)
        status, seed_id = self._outcome(row, target)
        if meaning:
            self._first[meaning] = (seed_id, row["prompt"])
        return status, seed_id

    def _holder(self, prompt: str) -> int | None:
        return next((i for i, seed in self._before.items() if seed.prompt == prompt), None)

    def _target(self, row: dict[str, Any]) -> int | None:
        name, holder = row.get("external_id"), self._holder(row["prompt"])
        if name is None:
            own = holder is not None and self._before[holder].source == row["source"]
            return holder if own else None
        named = (row["source"], name)
        seeds = self._before.items()
        return next((i for i, seed in seeds if (seed.source, seed.external_id) == named), None)

    def _outcome(self, row: dict[str, Any], target: int | None) -> tuple[str, int]:
        prompt, holder = row["prompt"], self._holder(row["prompt"])
        if holder is not None and holder != target:
            return "duplicate", holder
        if holder is None and prompt in self._taken:
            return "duplicate", self._taken[prompt]
        if target is None:
            return "created", self._create(row)
        return self._update(row, target), target

    def _create(self, row: dict[str, Any]) -> int:
        number = self.new_ids.pop(0)
        self._taken[row["prompt"]] = number
        self.seeds[number] = ModelSeed(
            row["source"], row.get("external_id"), row["prompt"], row.get("answer")
        )
        return number

    def _update(self, row: dict[str, Any], target: int) -> str:
        prompt, answer, seed = row["prompt"], row.get("answer"), self._before[target]
        if seed.prompt == prompt and answer in (None, seed.answer):
            return "unchanged"
        self._taken[prompt] = target
        self.seeds[target] = replace(
            seed, prompt=prompt, answer=answer or seed.answer, revisions=seed.revisions + 1
        )
        return "updated"
