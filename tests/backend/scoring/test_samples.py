"""Samples are stored once, whoever brings them, and their cost is counted once."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.science.rubric import Unscored, Verdict, rubric_hash
from backend.scoring.evidence import evidence_of
from backend.scoring.samples import NewSample, Spent, store_samples
from backend.scoring.spend import spend_by_endpoint
from backend.scoring.tables import Judgment, Sample
from backend.seeds.service import add_revision
from tests.builders import create_endpoint, create_seed


def _sample(revision_id: int, endpoint_id: int, index: int = 0, **fields: object) -> NewSample:
    sample = NewSample(
        revision_id, endpoint_id, "template", "settings", index, 1024, "It is 5.", None, "stop",
        "5", "integer:5", 10, 4, Decimal("0.25"), 120,
    )  # fmt: skip
    return sample._replace(**fields)


def test_same_sample_is_stored_and_counted_once(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    weak = create_endpoint(session, "weak", name="small")
    first = [_sample(revision_id, weak.id, index) for index in (1, 0)]
    assert store_samples(session, None, first) == Spent(2, 28, Decimal("0.5"))
    again = [_sample(revision_id, weak.id, index, response="other") for index in (0, 1, 2)]
    assert store_samples(session, None, again) == Spent(1, 14, Decimal("0.25"))
    assert store_samples(session, None, []) == Spent(0, 0, Decimal(0))
    texts = session.scalars(select(Sample.response).order_by(Sample.sample_index)).all()
    assert texts == ["It is 5.", "It is 5.", "other"]
    (spend,) = spend_by_endpoint(session)
    assert spend.model_dump() == {
        "endpoint": "small", "role": "weak", "calls": 3, "prompt_tokens": 30,
        "completion_tokens": 12, "reasoning_tokens": 0, "cost": 0.75,
    }  # fmt: skip


def test_other_settings_or_template_are_other_samples(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    sample = _sample(revision_id, create_endpoint(session).id)
    others = [sample._replace(settings_hash="hot"), sample._replace(template_hash="short")]
    assert store_samples(session, None, [sample, *others]).calls == 3


def test_text_that_postgres_cannot_keep_is_replaced(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    store_samples(
        session, None,
        [_sample(revision_id, create_endpoint(session).id, response="a\x00b", answer="\ud800")],
    )  # fmt: skip
    stored = session.scalars(select(Sample)).one()
    assert (stored.response, stored.answer) == ("a\ufffdb", "\ufffd")


def test_judgments_are_stored_with_their_samples_and_unscored_ones_keep_the_reason(
    session: Session,
) -> None:
    revision_id = create_seed(session).revision_id
    judge = create_endpoint(session, "judge")
    scored = _sample(revision_id, judge.id, 0, judgment=Verdict(4, 2, "Some sums.", 3, 5, 1))
    unscored = _sample(revision_id, judge.id, 1, judgment=Unscored("not one JSON object"))
    store_samples(session, None, [scored, unscored])
    rows = session.scalars(select(Judgment).order_by(Judgment.sample_id)).all()
    assert [(row.steps, row.difficulty, row.unscored) for row in rows] == [
        (4, 2, None), (None, None, "not one JSON object"),
    ]  # fmt: skip
    assert [(row.multi_step, row.well_posed, row.verifiable) for row in rows] == [
        (3, 5, 1), (None, None, None),
    ]  # fmt: skip


def test_evidence_shows_samples_judgments_and_cost_and_is_stale_for_an_old_revision(
    session: Session,
) -> None:
    seed = create_seed(session)
    old = seed.revision_id
    weak, judge = create_endpoint(session, "weak"), create_endpoint(session, "judge")
    judged = _sample(
        old, judge.id, judgment=Verdict(4, 2, "Some sums."), template_hash=rubric_hash("1")
    )
    store_samples(session, None, [judged, _sample(old, weak.id, 1), _sample(old, weak.id, 0)])
    new = add_revision(session, seed, "Another wording?", None, "edit", None).id
    found = evidence_of(session, [old, new])
    roles = [(sample.role, sample.sample_index) for sample in found[old].samples]
    assert roles == [("weak", 0), ("weak", 1), ("judge", 0)]
    [judgment] = found[old].judgments
    assert (judgment.endpoint, judgment.steps, judgment.rubric_version) == (judge.name, 4, "1")
    assert (found[old].cost, found[old].stale, found[old].teachability) == (0.75, True, None)
    assert (found[new].samples, found[new].cost, found[new].stale) == ([], 0.0, False)
