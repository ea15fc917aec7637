"""An export's rows -> what is trained on and what is held out.

Rows of a family are on one side: a seed, what a model has made from it, and copies of both.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from training.exports import BadExport, Export, Row, Side, rows_of

VALIDATION_SHARE: Final = 0.005
# Of rewards and orders; what an export lacks is null.
_RL_COLUMNS: Final = ("prompt", "ground_truth", "seed_id", "row", "score", "verdict")


class Split:
    """The two sides of an export for fine-tuning.

    Args:
        export: of layout `sft`.
        share: of the families to hold out, where the export holds out none itself.
        random_seed: another one holds out others.

    Attributes:
        holds_out: whether any row is held out.

    Raises:
        BadExport: a row is wrong, or both the export and the recipe hold rows out.
    """

    def __init__(self, export: Export, share: float | None, random_seed: int) -> None:
        if export.has_validation and share:
            raise BadExport(
                f"{export.folder} has a validation split of its own: "
                "take `validation` out of the recipe"
            )
        self.export = export
        # A version that holds nothing out is meant to be trained on as a whole.
        default = 0.0 if export.is_version else VALIDATION_SHARE
        self._share = default if share is None else share
        self._random_seed = random_seed
        # Before all parents are known no row can be told to be held out.
        self._parents = _parents(rows_of(export)) if self._share else {}
        self.holds_out = export.has_validation or (
            self._share > 0 and any(True for _ in self.rows("validation"))
        )

    @property
    def fingerprint(self) -> str:
        """Of what makes the sides: another export, share or random seed has another."""
        made_of = f"1:{self.export.hash}:{self._share}:{self._random_seed}"
        return hashlib.sha256(made_of.encode()).hexdigest()[:32]

    def rows(self, side: Side) -> Iterator[Row]:
        """Conversations of a side in the export's order, read as they are asked for."""
        for row in rows_of(self.export, side if self.export.has_validation else None):
            if self.export.has_validation or self._is_held_out(row) == (side == "validation"):
                messages = [{name: one[name] for name in ("role", "content")}
                            for one in row["messages"]]  # fmt: skip
                yield {"messages": messages, "seed_id": row["seed_id"], "row": row["row"]}

    def _is_held_out(self, row: Row) -> bool:
        family = family_of(row["seed_id"], self._parents)
        return is_held_out(family, self._share, self._random_seed)


def _parents(rows: Iterable[Row]) -> dict[int, int]:
    """The seed that each seed is made from; where a version names its family, that instead."""
    found: dict[int, int] = {}
    for row in rows:
        parent = row.get("family", row.get("parent_seed_id"))
        if parent is not None and parent != row["seed_id"]:
            found[row["seed_id"]] = parent
    return found


def family_of(seed_id: int, parents: Mapping[int, int]) -> int:
    """The seed that all of a family go back to, as far as the export knows it."""
    seen = {seed_id}
    while (parent := parents.get(seed_id)) is not None and parent not in seen:
        seen.add(seed_id := parent)
    return seed_id


def is_held_out(family: int, share: float, random_seed: int) -> bool:
    """Whether a family is for validation; a hash decides, so that order and number do not."""
    digest = hashlib.sha256(f"{random_seed}:{family}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def conversations(split: Split, side: Side, cache: Path | None = None) -> Any:
    """A side as a data set of `datasets`: rows lie on disk, mapped into memory.

    It is kept in the library's cache (HF_HOME), or in a folder, and made once for each fingerprint.

    Raises:
        BadExport: the side is empty.
    """
    from datasets import Dataset

    if next(split.rows(side), None) is None:
        raise BadExport(f"{split.export.folder} holds nothing for {side}")

    def texts() -> Iterator[Row]:
        for row in split.rows(side):
            yield {"messages": row["messages"]}

    return Dataset.from_generator(
        texts, fingerprint=f"{split.fingerprint}-{side}",
        cache_dir=None if cache is None else str(cache),
    )  # fmt: skip


def rl_rows(export: Export, side: Side = "train") -> list[Row]:
    """Prompts with their keys; of exports that are not split all, whatever the side.

    Raises:
        BadExport: a row is wrong, or there is none.
    """
    rows = [{name: row.get(name) for name in _RL_COLUMNS} for row in rows_of(export, side)]
    if not rows:
        raise BadExport(f"{export.folder} holds nothing for {side}")
    return rows
