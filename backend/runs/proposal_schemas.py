"""What callers send to have a model propose something."""

from typing import Annotated

from pydantic import Field, StringConstraints

from backend.runs.schemas import Budgets, Number
from backend.science.augmentation_templates import Kind as AugmentationKind
from backend.science.rewrite_templates import Kind as RewriteKind
from backend.seeds.filters import SeedFilter

Note = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$"
    ),
]  # fmt: skip


class ProposalRunCreate(Budgets):
    """A run that asks a model for so many proposals about each seed that matches now.

    The endpoint is a teacher or a reference. `note` tells it what to mind; with another note it is
    another question. At temperature 0 all candidates would be one, so one is asked for.
    """

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    filter: SeedFilter = SeedFilter()
    endpoint_id: Number
    candidates: int = Field(default=3, ge=1, le=32)
    note: Note | None = None
    parallel_jobs: int = Field(default=1, ge=1, le=64)


class RewriteRunCreate(ProposalRunCreate):
    """A run that asks a model to rewrite seeds in one way; each rewrite waits for approval.

    A seed that is answered by a program fails, and no call is made.
    """

    kind: RewriteKind


class AugmentationRunCreate(ProposalRunCreate):
    """A run that has a model make new seeds from the accepted ones among those that match.

    They come in pending and without a given answer, by an import of their own. A seed that is
    answered by a program fails, and no call is made.
    """

    kind: AugmentationKind
