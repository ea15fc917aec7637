"""What is known of rewrites: stored checks, and those that are read off what others stored."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.decontamination.standing import CONTAMINATING, WAITING, any_hit
from backend.decontamination.tables import Benchmark, WaitingWording
from backend.rewriting.schemas import CheckOut
from backend.rewriting.tables import MEASURED_CHECKS, Rewrite, RewriteCheck
from backend.science.rewrite_checks import RULE_CHECKS, check_rules
from backend.science.rewrite_rules import Wording
from backend.seeds.tables import Seed

DECONTAMINATED: Final = "decontaminated"
_FAILED: Final = 1000
_SAID: Final = {
    "failed": "stands in a benchmark",
    "waiting": "a curator has to look at its hits",
    "no_benchmark": "there is no benchmark to check against",
    "unchecked": "not checked against today's benchmarks yet",
    "passed": "stands in no benchmark",
}
_NOT_MEASURED: Final = "not measured yet"


def store_rules(
    session: Session, rewrite: Rewrite, original: Wording, proposed: Wording, *, has_tests: bool
) -> None:
    """Run the checks by rule and keep what they say."""
    for name, checked in check_rules(original, proposed, has_tests=has_tests).items():
        evidence = {"text": checked.evidence, "spans": [list(span) for span in checked.spans]}
        session.add(
            RewriteCheck(
                rewrite_id=rewrite.id, name=name, outcome=checked.outcome, evidence=evidence
            )
        )
    session.flush()


def checks_of(session: Session, rewrite_ids: Sequence[int]) -> dict[int, list[CheckOut]]:
    """All checks of each rewrite, in one order; those that nobody has measured are unknown."""
    stored = _stored(session, rewrite_ids)
    standing = (
        select(Rewrite.id, _contamination(session))
        .join(Seed, Seed.id == Rewrite.seed_id)
        .where(Rewrite.id.in_(rewrite_ids))
    )
    return {
        rewrite_id: [
            *(stored[rewrite_id, name] for name in RULE_CHECKS if (rewrite_id, name) in stored),
            _decontaminated(found),
            *(stored.get((rewrite_id, name)) or _not_measured(name) for name in MEASURED_CHECKS),
        ]
        for rewrite_id, found in session.execute(standing)
    }


def names_with(checks: Sequence[CheckOut], outcome: str) -> list[str]:
    """The measured checks that say so."""
    return [check.name for check in checks if check.measured and check.outcome == outcome]


def doubt(session: Session) -> ColumnElement[int]:
    """Of `Rewrite` joined with its `Seed`: failed checks count first, then unknown ones."""
    stored: ScalarSelect[int] = (
        select(
            func.coalesce(
                func.sum(
                    case(
                        (RewriteCheck.outcome == "failed", _FAILED),
                        (RewriteCheck.outcome == "unknown", 1),
                        else_=0,
                    )
                ),
                0,
            )
        )
        .where(RewriteCheck.rewrite_id == Rewrite.id)
        .correlate(Rewrite)
        .scalar_subquery()
    )
    found = _contamination(session)
    return stored + case((found == "failed", _FAILED), (found == "passed", 0), else_=1)


def _contamination(session: Session) -> ColumnElement[str]:
    """Of `Rewrite` joined with its `Seed`: what is known of it and benchmarks."""
    waiting = select(WaitingWording.index_id).where(
        WaitingWording.revision_id == Rewrite.revision_id
    )
    checked = case(
        (Seed.revision_id == Rewrite.revision_id, Seed.checked_index),
        else_=waiting.correlate(Rewrite).scalar_subquery(),
    )
    revision_id = Rewrite.revision_id.expression
    return case(
        (any_hit(revision_id, CONTAMINATING), "failed"),
        (any_hit(revision_id, WAITING), "waiting"),
        (~select(Benchmark.id).where(Benchmark.item_count > 0).exists(), "no_benchmark"),
        (checked.is_distinct_from(current_version(session).id), "unchecked"),
        else_="passed",
    )


def _decontaminated(found: str) -> CheckOut:
    outcome: Any = found if found in ("failed", "passed") else "unknown"
    return CheckOut(
        name=DECONTAMINATED, outcome=outcome, evidence=_SAID[found], spans=[], measured=True
    )


def _not_measured(name: str) -> CheckOut:
    return CheckOut(
        name=name, outcome="unknown", evidence=_NOT_MEASURED, spans=[], measured=False
    )  # fmt: skip


def _stored(session: Session, rewrite_ids: Sequence[int]) -> dict[tuple[int, str], CheckOut]:
    wanted = select(RewriteCheck).where(RewriteCheck.rewrite_id.in_(rewrite_ids))
    return {
        (row.rewrite_id, row.name): CheckOut(
            name=row.name, outcome=row.outcome, evidence=row.evidence["text"],
            spans=row.evidence["spans"], measured=True, figures=row.evidence.get("figures", {}),
        )
        for row in session.scalars(wanted)
    }  # fmt: skip
