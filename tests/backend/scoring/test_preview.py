"""What a policy would change is what it does change, seed by seed."""

import math
from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.scoring.policies import create_version
from backend.scoring.verdict_evidence import read, written
from backend.seeds.service import edit_seed
from tests.conftest import ClientFactory
from tests.scored_seeds import Scored

OTHER: dict[str, Any] = {
    "low": 0.3, "high": 0.6, "threshold": 0.6, "gold_reliability": 0.8, "agreement_weight": 0.4,
    "weak_prior": [1, 1], "wrong_key_prior": [1, 3], "overdispersion": 0.1, "minimum_steps": 5,
}  # fmt: skip


def _ask(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/policies:preview", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _flows(preview: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter(
        {
            (before, after): count
            for before, row in preview["matrix"].items()
            for after, count in row.items()
            if count
        }
    )


def test_preview_counts_what_applying_the_policy_then_changes(
    client: TestClient, session: Session
) -> None:
    scored = Scored(session)
    before = scored.verdicts()
    found = _ask(client, settings=OTHER)
    assert scored.verdicts() == before

    policy = create_version(session, "other", OTHER)
    scored.score(policy)
    after = scored.verdicts()
    moves = Counter((before[seed][0], after[seed][0]) for seed in before)
    assert _flows(found) == moves
    assert len(moves) > 4
    assert found["seeds"] == 40
    assert found["changed"] == sum(before[seed][0] != after[seed][0] for seed in before) > 0
    for side, verdicts in (("before", before), ("after", after)):
        counts = Counter(verdict for verdict, _ in verdicts.values())
        assert {name: n for name, n in found[side]["verdicts"].items() if n} == counts
        assert found[side]["shares"]["suspect"] == counts["suspect"] / 40
        mean = sum(score for _, score in verdicts.values()) / 40
        assert found[side]["mean_score"] == pytest.approx(mean, rel=1e-12)


def test_preview_of_the_standing_policy_changes_nothing(
    client: TestClient, session: Session
) -> None:
    Scored(session)
    found = _ask(client)
    assert found["changed"] == 0
    assert found["before"]["verdicts"] == found["after"]["verdicts"]
    assert found["before"]["mean_score"] == pytest.approx(found["after"]["mean_score"])


def test_preview_against_another_policy_compares_with_what_that_would_say(
    client: TestClient, session: Session
) -> None:
    scored = Scored(session)
    standing = _ask(client, settings=OTHER)
    base = create_version(session, "base", {})
    scored.score(create_version(session, "odd", {"low": 0.7, "high": 0.9, "threshold": 0.3}))
    assert _flows(_ask(client, settings=OTHER)) != _flows(standing)
    against = _ask(client, settings=OTHER, base_policy_id=base.id)
    assert _flows(against) == _flows(standing)
    assert against["before"]["mean_score"] == pytest.approx(standing["before"]["mean_score"])


def test_preview_is_over_the_seeds_of_the_filter(client: TestClient, session: Session) -> None:
    scored = Scored(session)
    algebra = [seed for seed in scored.seeds if seed.domain == "algebra"]
    found = _ask(client, settings=OTHER, filter={"domain": "algebra"})
    assert 0 < found["seeds"] == len(algebra) < 40


def test_seeds_without_a_standing_verdict_are_left_out(
    client: TestClient, session: Session
) -> None:
    scored = Scored(session, count=4)
    edit_seed(session, client.user, scored.seeds[0].id, {"prompt": "Other words?"})  # type: ignore[attr-defined]
    assert _ask(client)["seeds"] == 3


def test_preview_of_nothing_scored_is_empty(client: TestClient) -> None:
    found = _ask(client, settings=OTHER)
    assert (found["seeds"], found["changed"]) == (0, 0)
    assert found["after"]["mean_score"] is None
    assert set(found["after"]["shares"].values()) == {0}


def test_preview_refuses_bad_settings_by_name_and_unknown_policies(client: TestClient) -> None:
    refused = client.post("/v1/policies:preview", json={"settings": {"low": 2}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "settings.low"
    assert client.post("/v1/policies:preview", json={"base_policy_id": 999}).status_code == 404


def test_viewer_may_preview(client_as: ClientFactory) -> None:
    assert _ask(client_as("viewer"))["seeds"] == 0


def test_presets_are_listed_with_their_source_and_are_policies(client: TestClient) -> None:
    presets = client.get("/v1/policies/presets").json()
    limo = next(preset for preset in presets if preset["name"] == "LIMO")
    assert (limo["settings"]["low"], limo["settings"]["high"]) == (1 / 32, 3 / 32)
    assert limo["samples"] == 32
    assert all(preset["source"] and preset["rule"] for preset in presets)
    for preset in presets:
        made = client.post("/v1/policies", json={"name": "p", "settings": preset["settings"]})
        assert made.status_code == 201


_priors = st.none() | st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)).map(list)
_models = st.fixed_dictionaries(
    {"matching": st.integers(0, 9), "total": st.integers(9, 64)},
    optional={
        "wrong_key_prior": _priors, "weak_prior": _priors, "weight": st.floats(0, 1),
        "endpoint": st.just("weak"),
    },
)  # fmt: skip
_evidence = st.tuples(
    st.sampled_from(["given", "plurality", "tests", "none"]), st.lists(_models, min_size=1),
    st.floats(0, 1),
)  # fmt: skip


@given(st.lists(_evidence, min_size=1, max_size=5))
def test_evidence_is_read_as_it_was_written(
    found: list[tuple[str, list[dict[str, Any]], float]],
) -> None:
    arrays = read([written(origin, weak) for origin, weak, _ in found], [r for *_, r in found])
    for row, (origin, weak, reliability) in enumerate(found):
        by_policy = origin in ("given", "tests")
        assert math.isnan(arrays.reliability[row]) == by_policy
        assert by_policy or arrays.reliability[row] == reliability
        for column, model in enumerate(weak):
            assert arrays.agreeing[row, column] == model["matching"]
            assert arrays.samples[row, column] == model["total"]
            assert arrays.weights[row, column] == model.get("weight", 1.0)
            for name in ("wrong_key_prior", "weak_prior"):
                prior = getattr(arrays, f"{name}s")[row, column].tolist()
                known = model.get(name)
                assert prior == known if known else all(map(math.isnan, prior))
        assert not arrays.samples[row, len(weak) :].any()


def test_equal_evidence_has_equal_texts_whatever_else_is_stored() -> None:
    plain = {"matching": 3, "total": 8}
    rich = {**plain, "rate": 0.375, "wrong_key_prior": None, "weak_prior": None, "classes": [1]}
    assert written("given", [plain]) == written("given", [rich]) == '["given",[[3,8]]]'
