import dataclasses
import json

import pytest

from backend.science.teachability_policy import Policy, PolicyError


def test_policy_through_json_is_unchanged() -> None:
    policy = Policy(low=0.2, weak_prior=(1, 2.5))
    assert Policy(**json.loads(json.dumps(dataclasses.asdict(policy)))) == policy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("low", -0.1),
        ("low", float("nan")),
        ("low", "0.1"),
        ("high", 0.1),
        ("high", 1.1),
        ("threshold", 0.25),
        ("threshold", 1.01),
        ("weak_prior", (0.5, 0)),
        ("weak_prior", 0.5),
        ("wrong_key_prior", (0.5, 6, 1)),
        ("wrong_key_prior", (0.5, float("inf"))),
        ("gold_reliability", 0),
        ("agreement_weight", -0.1),
        ("agreement_weight", 1.1),
        ("overdispersion", 1),
        ("minimum_steps", 0),
        ("minimum_steps", True),
        ("minimum_steps", 2.5),
        ("minimum_steps", (2, 3)),
    ],
)
def test_policy_setting_out_of_range_is_an_error_that_names_it(field: str, value: object) -> None:
    with pytest.raises(PolicyError) as error:
        Policy(**{field: value})
    assert error.value.field == field
    assert str(error.value).startswith(field)
