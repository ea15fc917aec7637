"""Who rated which seeds by a version of the rubric: judges and curators, read from what is stored.

Only the newest seeds are read, so that the answer takes a second however much has been judged.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.endpoints.tables import Endpoint
from backend.judging.ratings import standing_ratings
from backend.science.rubric import rubric_hash
from backend.science.rubric_versions import Rubric
from backend.scoring.tables import Judgment, Rating, Sample

MOST_SEEDS = 5000


@dataclass
class Rater:
    """A judge or a curator.

    Attributes:
        ratings: by dimension, of each revision that was rated.
        given: how many revisions got which ratings.
        unscored: why judgments of others cannot be used.
    """

    key: str
    kind: Literal["judge", "curator", "curators"]
    name: str
    ratings: dict[str, dict[int, int]] = field(default_factory=dict)
    given: Counter[tuple[int | None, ...]] = field(default_factory=Counter)
    unscored: Counter[str] = field(default_factory=Counter)

    @property
    def scored(self) -> int:
        """How many revisions were rated."""
        return self.given.total()

    def add(self, revision_id: int, levels: dict[str, int | None]) -> None:
        """Take in the ratings of one revision."""
        self.given[tuple(levels.values())] += 1
        for name, level in levels.items():
            if level is not None:
                self.ratings.setdefault(name, {})[revision_id] = level


@dataclass
class Collected:
    """The raters, judges first; over how many revisions, and whether older ones were left out."""

    raters: list[Rater]
    revisions: int
    more: bool


def collect(session: Session, rubric: Rubric, most: int = MOST_SEEDS) -> Collected:
    """The newest judged and the newest rated revisions; a few rated ones are never crowded out."""
    judged = _newest(
        session, Judgment.revision_id, Judgment.rubric_hash == rubric_hash(rubric.version), most
    )
    rated = _newest(session, Rating.revision_id, Rating.rubric_version == rubric.version, most)
    revision_ids = sorted({*judged[:most], *rated[:most]})
    return Collected(
        [*_judges(session, rubric, revision_ids), *_curators(session, rubric, revision_ids)],
        len(revision_ids),
        max(len(judged), len(rated)) > most,
    )


def _newest(
    session: Session, number: InstrumentedAttribute[int], condition: Any, most: int
) -> Sequence[int]:
    wanted = select(number).where(condition).distinct().order_by(number.desc()).limit(most + 1)
    return session.scalars(wanted).all()


def _judges(session: Session, rubric: Rubric, revision_ids: Sequence[int]) -> list[Rater]:
    """Of each judge the newest judgment of a revision counts, whatever the sampling settings."""
    levels = [getattr(Judgment, dimension.name) for dimension in rubric.dimensions]
    rows = session.execute(
        # Columns, not objects: there are tens of thousands.
        select(Judgment.revision_id, Sample.endpoint_id, Endpoint.name, Judgment.unscored, *levels)
        .join(Sample, Sample.id == Judgment.sample_id)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(
            Judgment.revision_id.in_(revision_ids),
            Judgment.rubric_hash == rubric_hash(rubric.version),
        )
        .ext(distinct_on(Judgment.revision_id, Sample.endpoint_id))
        .order_by(Judgment.revision_id, Sample.endpoint_id, Sample.id.desc())
    )
    raters: dict[int, Rater] = {}
    names = [dimension.name for dimension in rubric.dimensions]
    for revision_id, endpoint_id, name, unscored, *given in rows:
        if endpoint_id not in raters:
            raters[endpoint_id] = Rater(f"judge:{endpoint_id}", "judge", name)
        if unscored is None:
            raters[endpoint_id].add(revision_id, dict(zip(names, given, strict=True)))
        else:
            raters[endpoint_id].unscored[unscored] += 1
    return [raters[endpoint_id] for endpoint_id in sorted(raters)]


def _curators(session: Session, rubric: Rubric, revision_ids: Sequence[int]) -> list[Rater]:
    raters: dict[int, Rater] = {}
    for rating, name in standing_ratings(session, revision_ids):
        if rating.rubric_version == rubric.version:
            key = f"curator:{rating.user_id}"
            rater = raters.setdefault(rating.user_id, Rater(key, "curator", name))
            levels: dict[str, int | None] = {
                each.name: getattr(rating, each.name) for each in rubric.dimensions
            }
            rater.add(rating.revision_id, levels)
    return [raters[user_id] for user_id in sorted(raters)]
