"""Seeds with stored answers of a line-up and judges, scored without a model."""

import random

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.science.calibration import UNCALIBRATED
from backend.scoring.line_up import LineUpEntry, entry_of
from backend.scoring.recompute import recompute
from backend.scoring.tables import Judgment, PolicyVersion, Sample
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_policy, create_seed


class Scored:
    """Seeds with stored answers, scored under a policy of their own."""

    def __init__(self, session: Session, count: int = 40) -> None:
        self.session = session
        self.policy = create_policy(session)
        reference = create_endpoint(session, "reference")
        weak = [create_endpoint(session, "weak") for _ in range(2)]
        judge = create_endpoint(session, "judge")
        self.line_up = [
            entry_of(reference, "reference", 4),
            *(entry_of(model, "weak", 4) for model in weak),
            entry_of(judge, "judge", 2),
        ]
        self.calibration = UNCALIBRATED._replace(
            wrong_key_priors={weak[0].id: (3.0, 2.0)}, wrong_keys=7,
            weak_priors={(weak[0].id, None): (2.0, 3.0)}, agreement_weight=0.7,
        )  # fmt: skip
        draw = random.Random(5)
        self.seeds = [self._seed(draw, number) for number in range(count)]
        self.score(self.policy)

    def _seed(self, draw: random.Random, number: int) -> Seed:
        answer = "42" if number % 3 == 0 else None
        seed = create_seed(self.session, answer=answer, domain=draw.choice(["algebra", "logic"]))
        reference, first, second, judge = self.line_up
        for entry, often in ((reference, 0.8), (first, draw.random()), (second, draw.random())):
            for index in range(draw.choice([3, 8, 24])):
                right = draw.random() < often
                key = "integer:42" if right else f"integer:{draw.randrange(3)}"
                self.session.add(sample(seed, entry, index, key))
        for index in range(draw.choice([0, 1, 2])):
            judged = sample(seed, judge, index, None)
            self.session.add(judged)
            self.session.flush()
            steps = draw.randrange(1, 8)
            self.session.add(
                Judgment(
                    sample_id=judged.id,
                    revision_id=seed.revision_id,
                    rubric_hash="r",
                    steps=steps,
                    difficulty=3,
                )
            )
        self.session.flush()
        return seed

    def score(self, policy: PolicyVersion) -> None:
        """Compute all verdicts under a policy."""
        recompute(
            self.session, [seed.revision_id for seed in self.seeds], run_id=None,  # type: ignore[arg-type]
            line_up=self.line_up, policy=policy, calibration=self.calibration,
        )  # fmt: skip

    def verdicts(self) -> dict[int, tuple[str, float]]:
        """Verdict and score of each seed as they stand."""
        self.session.expire_all()
        rows = self.session.execute(
            select(Seed.id, Seed.verdict, Seed.score).where(Seed.withdrawn_at.is_(None))
        )
        return {number: (verdict, score) for number, verdict, score in rows}


def sample(seed: Seed, entry: LineUpEntry, index: int, key: str | None) -> Sample:
    """A response, not yet added."""
    return Sample(
        revision_id=seed.revision_id, endpoint_id=entry.endpoint_id, sample_index=index,
        answer_key=key, answer=key, response="So it is.", finish_reason="stop",
        template_hash=entry.template_hash, settings_hash=entry.settings_hash,
        max_tokens=1024, prompt_tokens=10, completion_tokens=5, cost=0, latency_ms=100,
    )  # fmt: skip
