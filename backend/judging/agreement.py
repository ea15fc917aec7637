"""How far judges agree with each other and with curators, from the ratings that are stored."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.judging.raters import MOST_SEEDS, Rater, collect
from backend.judging.rubrics import known_rubric
from backend.judging.schemas import (
    Agreement,
    Cell,
    Confusion,
    DimensionAgreement,
    FarApart,
    GroupOut,
    PairOut,
    RaterOut,
    Reason,
)
from backend.science.raters import (
    Ratings,
    confusion,
    consensus,
    group_agreement,
    pair_agreement,
)
from backend.science.rubric_versions import DimensionName
from backend.seeds.tables import Seed, SeedRevision

MOST_REASONS = 5
MOST_FAR_APART = 20
PROMPT_CHARACTERS = 200

PairKind = Literal["judges", "judge_curators", "curators"]


class _Pair(NamedTuple):
    kind: PairKind
    first: Rater
    second: Rater


def agreement(session: Session, rubric_version: str | None) -> Agreement:
    """Agreement of all who rated by a version of the rubric; the newest where none is named."""
    rubric = known_rubric(rubric_version)
    found = collect(session, rubric)
    raters = _with_curators_together(found.raters)
    return Agreement(
        rubric_version=rubric.version,
        seeds=found.revisions,
        most_seeds=MOST_SEEDS,
        more=found.more,
        raters=[_rater_out(rater) for rater in raters],
        dimensions=[_dimension(dimension.name, raters) for dimension in rubric.dimensions],
    )


def compared(
    session: Session, rubric_version: str | None, dimension: DimensionName, first: str, second: str
) -> Confusion:
    """Two raters' ratings against each other.

    Raises:
        NotFound: one of them has rated nothing by this rubric.
    """
    rubric = known_rubric(rubric_version)
    raters = {
        rater.key: rater for rater in _with_curators_together(collect(session, rubric).raters)
    }
    for key in (first, second):
        if key not in raters:
            raise NotFound(f"{key} has rated nothing by rubric {rubric.version}")
    left, right = _ratings(raters[first], dimension), _ratings(raters[second], dimension)
    counts = confusion(left, right)
    return Confusion(
        rubric_version=rubric.version,
        dimension=dimension,
        first=first,
        second=second,
        seeds=counts.total(),
        cells=[Cell(first=a, second=b, count=count) for (a, b), count in sorted(counts.items())],
        far_apart=_far_apart(session, left, right),
    )


def _ratings(rater: Rater, dimension: str) -> Ratings:
    return rater.ratings.get(dimension, {})


def _of_kind(raters: Sequence[Rater], kind: str) -> list[Rater]:
    return [rater for rater in raters if rater.kind == kind]


def _with_curators_together(raters: Sequence[Rater]) -> list[Rater]:
    """The raters, and all curators as one more: their median rating of each seed."""
    curators = _of_kind(raters, "curator")
    if not curators:
        return list(raters)
    together = Rater("curators", "curators", "All curators")
    names = {name for curator in curators for name in curator.ratings}
    medians = {name: consensus([_ratings(curator, name) for curator in curators]) for name in names}
    for item in sorted({item for rated in medians.values() for item in rated}):
        together.add(item, {name: medians[name].get(item) for name in sorted(names)})
    return [*raters, together]


def _rater_out(rater: Rater) -> RaterOut:
    unscored = rater.unscored.total()
    answered = rater.scored + unscored
    commonest = max(rater.given.values(), default=0)
    return RaterOut(
        key=rater.key,
        kind=rater.kind,
        name=rater.name,
        scored=rater.scored,
        commonest_share=commonest / rater.scored if rater.scored else None,
        unscored=unscored,
        unscored_share=unscored / answered if answered else None,
        reasons=[
            Reason(reason=reason, count=count)
            for reason, count in rater.unscored.most_common(MOST_REASONS)
        ],
    )


def _dimension(name: DimensionName, raters: Sequence[Rater]) -> DimensionAgreement:
    return DimensionAgreement(
        name=name,
        judges=_group(_of_kind(raters, "judge"), name),
        curators=_group(_of_kind(raters, "curator"), name),
        pairs=[found for pair in _pairs(raters) if (found := _pair_out(pair, name)).seeds],
    )


def _group(raters: Sequence[Rater], name: str) -> GroupOut:
    found = group_agreement([_ratings(rater, name) for rater in raters])
    return GroupOut(seeds=found.items, alpha=found.alpha)


def _pairs(raters: Sequence[Rater]) -> Iterator[_Pair]:
    judges = _of_kind(raters, "judge")
    for first, second in combinations(judges, 2):
        yield _Pair("judges", first, second)
    for together in _of_kind(raters, "curators"):
        for judge in judges:
            yield _Pair("judge_curators", judge, together)
    for first, second in combinations(_of_kind(raters, "curator"), 2):
        yield _Pair("curators", first, second)


def _pair_out(pair: _Pair, name: str) -> PairOut:
    found = pair_agreement(_ratings(pair.first, name), _ratings(pair.second, name))
    return PairOut(
        kind=pair.kind,
        first=pair.first.key,
        second=pair.second.key,
        seeds=found.items,
        percent_agreement=found.percent,
        kappa=found.kappa,
        spearman=found.spearman,
        mean_difference=found.mean_difference,
    )


def _far_apart(session: Session, first: Ratings, second: Ratings) -> list[FarApart]:
    """The current seeds on which two differ most."""
    differing = [item for item in first.keys() & second.keys() if first[item] != second[item]]
    rows = session.execute(
        select(Seed.id, SeedRevision.id, SeedRevision.prompt)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(Seed.revision_id.in_(differing), Seed.withdrawn_at.is_(None))
    ).all()
    apart = sorted(rows, key=lambda row: (-abs(first[row[1]] - second[row[1]]), -row[0]))
    return [
        FarApart(
            seed_id=seed_id,
            prompt=prompt[:PROMPT_CHARACTERS],
            first=first[revision_id],
            second=second[revision_id],
        )
        for seed_id, revision_id, prompt in apart[:MOST_FAR_APART]
    ]
