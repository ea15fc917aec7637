"""The rubrics as callers see them, and the check of a version that a caller names."""

from backend.errors import Invalid
from backend.judging.schemas import AnchorOut, DimensionOut, RubricOut
from backend.science.rubric import NEWEST_VERSION, RUBRICS, rubric_hash, rubric_of
from backend.science.rubric_versions import Rubric


def list_rubrics() -> list[RubricOut]:
    """All versions, the newest first."""
    return [
        RubricOut(
            version=rubric.version,
            hash=rubric_hash(rubric.version),
            newest=rubric.version == NEWEST_VERSION,
            dimensions=[
                DimensionOut(
                    name=dimension.name,
                    question=dimension.question,
                    most=dimension.most,
                    anchors=[AnchorOut(**anchor._asdict()) for anchor in dimension.anchors],
                )
                for dimension in rubric.dimensions
            ],
        )
        for rubric in reversed(RUBRICS.values())
    ]


def known_rubric(version: str | None) -> Rubric:
    """The rubric of a version that a caller named; the newest where none is.

    Raises:
        Invalid: there is no such version.
    """
    try:
        return rubric_of(NEWEST_VERSION if version is None else version)
    except ValueError as error:
        raise Invalid(str(error), field="rubric_version") from error
