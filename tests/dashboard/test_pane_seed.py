"""What the triage pane gets of a seed."""

from dashboard.pane_seed import EXAMPLE_CHARACTERS, pane_seed
from tests.dashboard import fake_hit_rows, fake_rows


def test_pane_seed_puts_responses_behind_their_answer_class() -> None:
    seed = pane_seed(fake_rows.seed_detail(5))  # six reference responses agree, one says 12

    [reference, other] = seed["teachability"]["plurality"]["classes"]
    assert len(reference["examples"]) == 3
    assert len(other["examples"]) == 1
    assert "boxed{12}" in other["examples"][0]


def test_pane_seed_takes_weak_examples_of_that_endpoint_only() -> None:
    detail = fake_rows.seed_detail(5)
    foreign = fake_rows.sample("Another weak", "weak", 0, "-2") | {"response": "foreign"}
    detail["evidence"]["samples"].insert(0, foreign)

    [weak] = pane_seed(detail)["teachability"]["weak"]
    assert all("foreign" not in text for c in weak["classes"] for text in c["examples"])


def test_pane_seed_cuts_long_responses() -> None:
    detail = fake_rows.seed_detail(5)
    detail["evidence"]["samples"][0]["response"] = "x" * 10_000

    [example, *_] = pane_seed(detail)["teachability"]["plurality"]["classes"][0]["examples"]
    assert len(example) == EXAMPLE_CHARACTERS + len(" […]")


def test_pane_seed_without_evidence_has_none() -> None:
    seed = pane_seed(fake_rows.seed_detail(11))

    assert seed["teachability"] is None
    assert seed["hits"] == []


def test_pane_seed_marks_what_a_hit_shares_in_both_texts() -> None:
    [hit] = pane_seed(fake_rows.seed_detail(6))["hits"]

    shared = [text for text, mark in hit["seed_parts"] if mark]
    assert shared == [text for text, mark in hit["item_parts"] if mark]
    assert {mark for _, mark in hit["seed_parts"]} == {"shared", ""}
    assert "item_text" not in hit


def test_pane_seed_marks_numbers_that_one_text_lacks_and_says_what_was_found() -> None:
    seeds = {12: fake_rows.seed_detail(12)}
    fake_hit_rows.vary(seeds)
    [hit] = pane_seed(seeds[12])["hits"]

    assert [text for text, mark in hit["seed_parts"] if mark == "changed"] == ["13:05", "$10"]
    assert [text for text, mark in hit["item_parts"] if mark == "changed"] == ["12:05", "$12"]
    assert hit["found"].endswith("called a variant with probability 0.93.")
    assert hit["notes"] == ["Of the same item and an earlier wording of this seed a curator said: "
                            "dismissed."]  # fmt: skip
