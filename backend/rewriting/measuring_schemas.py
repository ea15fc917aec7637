"""What callers send to have rewrites measured."""

from pydantic import Field

from backend.runs.schemas import LineUpCreate, Number, Samples


class MeasureCreate(LineUpCreate):
    """A scoring run over waiting rewrites, which measures the checks that need models' answers.

    `rewrite_ids` names them; without it, it is over all that wait, can be approved, and were not
    measured yet. The reference's votes decide what a rewrite's answer is; the second reference, of
    another family, is asked about each rewrite; judges also say whether its answer follows from the
    original. Weak answers are compared with those of the same model to the original.
    """

    rewrite_ids: list[Number] | None = Field(default=None, min_length=1, max_length=1000)
    reference_endpoint_id: Number
    second_reference_samples: Samples = 3
    weak_samples: Samples = 16
