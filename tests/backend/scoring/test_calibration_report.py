"""The calibration of a run's reference, as people read it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs.tables import Job
from backend.runs.tables import Run, RunItem
from backend.science.reliability import DEFAULT_MODEL, features_of_counts
from backend.science.statistics import brier, log_loss
from backend.scoring import calibration
from backend.scoring.line_up import LineUpEntry, entry_of
from backend.scoring.policies import default_policy
from tests.builders import create_endpoint, create_seed, create_user
from tests.conftest import ClientFactory
from tests.scored_seeds import sample

EIGHT_EQUAL = features_of_counts(8, 0, 8, 0, 1)


class Measured:
    """A run whose gold seeds have stored answers."""

    def __init__(self, session: Session, *, with_reference: bool = True) -> None:
        self.session = session
        self.weak = entry_of(create_endpoint(session, "weak", name="small"), "weak", 4)
        reference = create_endpoint(session, "reference", name="large")
        self.reference = entry_of(reference, "reference", 8)
        entries = [self.reference] * with_reference + [self.weak]
        self.run = Run(
            name="measured", filter={}, policy_id=default_policy(session).id, state="finished",
            settings={
                "line_up": [entry.model_dump(mode="json") for entry in entries],
                "reference_samples": 8, "weak_samples": 4, "check_given_answers": True,
                "calibration_seeds": 30, "parallel_jobs": 1,
            },
            created_by=create_user(session).id,
        )  # fmt: skip
        session.add(self.run)
        session.flush()

    def gold(self, votes: str, weak: str, count: int = 1, answer: str = "5") -> None:
        """Seeds whose known answer is `answer`; one letter of votes or weak answers a response."""
        for _ in range(count):
            seed = create_seed(self.session, answer=answer)
            self.session.add(
                RunItem(
                    run_id=self.run.id, revision_id=seed.revision_id, state="scored",
                    calibrates=True,
                )
            )  # fmt: skip
            said: list[tuple[LineUpEntry, str]] = [(self.reference, votes), (self.weak, weak)]
            for entry, answers in said:
                for index, digit in enumerate(answers):
                    self.session.add(sample(seed, entry, index, f"integer:{digit}"))
        self.session.flush()


def _report(client: TestClient, measured: Measured) -> dict[str, Any]:
    answer = client.get(f"/v1/runs/{measured.run.id}/calibration")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_gold_seeds_of_another_reference_crowd_none_out(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "MOST_GOLD_SEEDS", 3)
    measured = Measured(session)
    measured.gold("55555555", "5555", count=2)
    other = create_endpoint(session, "reference", name="other")
    measured.reference = entry_of(other, "reference", 8)
    measured.gold("55555555", "", count=3)
    assert _report(client, measured)["gold_seeds"] == 2


def test_report_counts_keys_and_shows_probabilities_against_outcomes(
    client: TestClient, session: Session
) -> None:
    measured = Measured(session)
    measured.gold("55555555", "5555", count=30)
    measured.gold("77777755", "7777", count=10)
    found = _report(client, measured)

    assert (found["reference"], found["warning"]) == ("large", None)
    assert (found["gold_seeds"], found["wrong_keys"]) == (40, 10)
    assert sum(point["size"] for point in found["bins"]) == 40
    assert all(point["low"] <= point["observed"] <= point["high"] for point in found["bins"])
    # Unanimous keys were right, split ones wrong: every right key has the higher probability.
    assert found["auc"] == 1
    assert 0 < found["brier"] < 0.2
    assert 0 < found["log_loss"] < 0.6
    assert 0 <= found["calibration_error"] <= 1
    eight, six = found["votes"][:2]
    assert (eight["equal"], six["equal"]) == (8, 6)
    assert eight["reliability"] > 0.85
    assert six["reliability"] < six["by_prior"]
    [prior] = found["wrong_key_priors"]
    assert (prior["endpoint"], prior["fitted"]) == ("small", True)
    assert prior["mean"] > 0.5  # it repeated all ten mistakes
    names = [each["name"] for each in found["coefficients"]]
    assert names[:2] == ["intercept", "share_log_odds"]


def test_figures_are_of_models_that_have_not_seen_the_seed(
    client: TestClient, session: Session
) -> None:
    measured = Measured(session)
    measured.gold("77777777", "7777")
    found = _report(client, measured)
    # The only seed was wrong; without it there is the prior, .93 for eight equal votes.
    stated = DEFAULT_MODEL.reliability(EIGHT_EQUAL)
    assert found["bins"][0]["stated"] == pytest.approx(stated)
    assert found["brier"] == pytest.approx(brier([stated], [False]))
    assert found["log_loss"] == pytest.approx(log_loss([stated], [False]))
    assert found["auc"] is None
    assert found["votes"][0]["reliability"] < stated
    assert "Only 1 seed with a known answer" in found["warning"]


def test_without_gold_seeds_the_prior_is_shown_with_a_warning(
    client: TestClient, session: Session
) -> None:
    found = _report(client, Measured(session))
    assert "rests on the documented prior alone" in found["warning"]
    assert (found["gold_seeds"], found["bins"], found["brier"]) == (0, [], None)
    assert found["votes"][0]["reliability"] == found["votes"][0]["by_prior"]
    assert round(found["votes"][0]["by_prior"], 2) == 0.93
    assert all(each["value"] == each["prior"] for each in found["coefficients"])
    assert found["wrong_key_priors"][0]["fitted"] is False


def test_seed_whose_votes_tie_has_no_key_that_could_be_right(
    client: TestClient, session: Session
) -> None:
    measured = Measured(session)
    measured.gold("55557777", "5555")
    measured.gold("55555555", "5555")
    found = _report(client, measured)
    assert found["gold_seeds"] == 1


def test_run_without_a_reference_says_that_its_keys_are_given(
    client: TestClient, session: Session
) -> None:
    found = _report(client, Measured(session, with_reference=False))
    assert found["reference"] is None
    assert "no reference" in found["warning"]


def test_recalibrating_is_a_job_for_curators(
    client_as: ClientFactory, session: Session, woken: list[int]
) -> None:
    run_id = Measured(session).run.id
    path = f"/v1/runs/{run_id}:recalibrate"
    assert client_as("viewer").post(path).status_code == 403
    answer = client_as("curator").post(path)
    assert answer.status_code == 202
    job = session.get_one(Job, answer.json()["id"])
    assert (job.kind, job.payload, job.run_id) == ("run.recalibrate", {"run_id": run_id}, None)
    assert woken == [job.id]


def test_unknown_run_has_no_calibration(client: TestClient) -> None:
    assert client.get("/v1/runs/999/calibration").status_code == 404
    assert client.post("/v1/runs/999:recalibrate").status_code == 404
