"""Near-duplicates."""

from typing import TypedDict

from dashboard.rows.seeds import SeedRow
from dashboard.rows.work import Job


class DuplicateGroup(TypedDict):
    """A group in a list; the kind is copies, or variants, which have other numbers."""

    id: int
    kind: str
    leader: SeedRow
    size: int
    similarity: float
    left_out: int
    undecided: bool
    created_at: str


class DuplicateMember(TypedDict):
    """A seed of a group; spans of words that differ, in its prompt and in the leader's."""

    seed: SeedRow
    prompt: str
    similarity: float
    numbers_differ: bool
    dismissed: bool
    changes: list[tuple[int, int]] | None
    leader_changes: list[tuple[int, int]] | None


class DuplicateGroupDetail(DuplicateGroup):
    """A group with its most similar members."""

    leader_prompt: str
    members: list[DuplicateMember]
    members_left: int


class DuplicateSearch(TypedDict):
    """Where the search stands."""

    threshold: float
    seeds: int
    copies: int
    variants: int
    due: int
    no_words: int
    left_out: int
    crowded: int
    group_limit: int
    bucket_limit: int
    job: Job | None


class DuplicatesResolved(TypedDict):
    """What became of a group; the batch undoes it."""

    count: int
    taken_over: list[str]
    batch: str
