"""Public sets of problems: where the fields of a seed stand in each one's rows.

A recipe is asked for by its name, so that the same set comes in the same way whoever imports it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.errors import Invalid
from backend.seeds.rows import RowRejected

Place = tuple[str | int, ...]
"""The way to a value in a row: names of columns and fields, places in lists."""

# The API wants text where public sets like to have numbers.
_TEXT_FIELDS: Final = ("external_id", "answer", "domain")


@dataclass(frozen=True)
class Recipe:
    """How one public set is laid out.

    Attributes:
        name: what it is asked for by, and the source of its seeds.
        title: the set's own name.
        licence: what the set's card says, for rows that say nothing.
        fields: where the fields of a seed stand; a row must have the prompt.
        metadata: what is kept beside them.
        left_out: which columns are not read, and why.
        frame: instructions that stand before and after each problem, and are no part of it.
    """

    name: str
    title: str
    licence: str
    fields: Mapping[str, Place]
    metadata: Mapping[str, Place] = field(default_factory=dict)
    left_out: str = ""
    frame: tuple[str, str] = ("", "")

    @property
    def columns(self) -> list[str]:
        """The columns that it reads; a sender may leave the others out."""
        places = [*self.fields.values(), *self.metadata.values()]
        return sorted({str(place[0]) for place in places})

    def row(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The row of a seed.

        Raises:
            RowRejected: the row has no prompt where this set has it.
        """
        row: dict[str, Any] = {"source": self.name, "licence": self.licence}
        found = {name: _found(raw, place) for name, place in self.fields.items()}
        row |= {name: value for name, value in found.items() if value is not None}
        for name in _TEXT_FIELDS:
            row[name] = _as_text(row.get(name))
        if "prompt" not in row:
            where = written(self.fields["prompt"])
            message = f"there is nothing at {where}: the row is not laid out as in {self.title}"
            raise RowRejected("layout", where, message)
        row["prompt"] = self._unframed(row["prompt"])
        kept = {name: _found(raw, place) for name, place in self.metadata.items()}
        row["metadata"] = {name: value for name, value in kept.items() if value is not None}
        return row

    def _unframed(self, prompt: Any) -> Any:
        if not isinstance(prompt, str):
            return prompt
        before, after = self.frame
        return prompt.removeprefix(before).removesuffix(after).strip()


_ANSWERS_OF_MODELS: Final = "the models' responses: answers come from the endpoints asked here"
_DAPO_FRAME: Final = (
    "Solve the following math problem step by step. The last line of your response should be of "
    "the form Answer: $Answer (without quotes) where $Answer is the answer to the problem.",
    'Remember to put your answer on its own line after "Answer:".',
)

RECIPES: Final = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "open-thoughts-114k", "OpenThoughts-114k", "apache-2.0",
            {"prompt": ("conversations", 0, "value")},
            left_out=_ANSWERS_OF_MODELS,
        ),
        Recipe(
            "open-thoughts-114k-metadata", "OpenThoughts-114k (metadata)", "apache-2.0",
            {"prompt": ("problem",), "domain": ("domain",)},
            {"source": ("source",)},
            left_out="ground_truth_solution: a text and no final answer; test_cases: of many forms",
        ),
        Recipe(
            "open-thoughts3-1.2m", "OpenThoughts3-1.2M", "apache-2.0",
            {"prompt": ("conversations", 0, "value"), "domain": ("domain",)},
            {"source": ("source",), "difficulty": ("difficulty",)},
            left_out=_ANSWERS_OF_MODELS,
        ),
        Recipe(
            "openr1-math-220k", "OpenR1-Math-220k", "apache-2.0",
            {"prompt": ("problem",), "answer": ("answer",), "external_id": ("uuid",),
             "domain": ("problem_type",)},
            {"source": ("source",), "question_type": ("question_type",)},
            left_out=_ANSWERS_OF_MODELS,
        ),
        Recipe(
            "big-math-rl-verified", "Big-Math-RL-Verified", "apache-2.0",
            {"prompt": ("problem",), "answer": ("answer",), "domain": ("domain",)},
            {"source": ("source",), "llama8b_solve_rate": ("llama8b_solve_rate",)},
        ),
        Recipe(
            "dapo-math-17k", "DAPO-Math-17k", "apache-2.0",
            {"prompt": ("prompt", 0, "content"), "answer": ("reward_model", "ground_truth"),
             "external_id": ("extra_info", "index"), "domain": ("ability",)},
            {"data_source": ("data_source",)},
            left_out="each problem stands there about a hundred times; it comes in once",
            frame=_DAPO_FRAME,
        ),
    )
}  # fmt: skip


def recipe_named(name: str) -> Recipe:
    """The recipe.

    Raises:
        Invalid: there is none of this name.
    """
    if (recipe := RECIPES.get(name)) is None:
        known = ", ".join(RECIPES)
        raise Invalid(f"there is no recipe {name}; there are {known}", field="recipe")
    return recipe


def seeds_of(recipe: Recipe, rows: Iterable[Any]) -> Iterator[Any]:
    """Rows of a set as rows of seeds; what is no row, or not laid out so, comes as its error."""
    for raw in rows:
        if type(raw) is not dict:
            yield raw
            continue
        try:
            yield recipe.row(raw)
        except RowRejected as error:
            yield error


def written(place: Place) -> str:
    """A place as people write it: `conversations[0].value`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


def _found(raw: Any, place: Place) -> Any:
    at = raw
    for step in place:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            return None
    return at


def _as_text(value: Any) -> Any:
    """Numbers as text; of a list what stands first in it."""
    if isinstance(value, list):
        return _as_text(value[0]) if value else None
    return str(value) if type(value) in (int, float) else value
