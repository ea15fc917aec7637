"""Which row a seed becomes, per layout."""

from backend.exports.rows import AcceptedSeed, Skipped, rl_row, sft_row


def _seed(**given: object) -> AcceptedSeed:
    fields: dict[str, object] = dict.fromkeys(AcceptedSeed._fields)
    fields |= {"seed_id": 1, "revision_id": 2, "source": "web", "prompt": "What is 6 x 7?"}
    fields |= {"confirmed_hits": [], "passed_items": [], "answer_origin": "given"}
    return AcceptedSeed(**(fields | given))  # type: ignore[arg-type]


def test_rl_row_holds_messages_and_a_string() -> None:
    row = rl_row(_seed(answer="42"))
    assert isinstance(row, dict)
    assert row["prompt"] == [{"role": "user", "content": "What is 6 x 7?"}]
    assert row["ground_truth"] == "42"
    assert row["key_origin"] == "given"


def test_synthetic_row_names_its_parent() -> None:
    for parent, synthetic in ((7, True), (None, False)):
        row = rl_row(_seed(answer="42", parent_id=parent))
        assert isinstance(row, dict)
        assert (row["synthetic"], row["parent_seed_id"]) == (synthetic, parent)


def test_given_answer_wins_over_the_plurality() -> None:
    row = rl_row(_seed(answer="42", reference_answer="41", key_origin="plurality"))
    assert isinstance(row, dict)
    assert row["ground_truth"] == "42"


def test_plurality_is_the_reference_where_no_answer_is_given() -> None:
    row = rl_row(_seed(reference_answer="41", key_origin="plurality"))
    assert isinstance(row, dict)
    assert (row["ground_truth"], row["key_origin"]) == ("41", "plurality")


def test_seed_without_reference_is_skipped_in_both_layouts() -> None:
    assert rl_row(_seed()) == Skipped("no reference answer")
    assert sft_row(_seed(), "answer") == Skipped("no reference answer")


def test_sft_row_puts_thinking_before_the_response() -> None:
    seed = _seed(answer="42", response=r"So \boxed{42}", reasoning="six sevens", sample_id=9)
    row = sft_row(seed, "skip")
    assert isinstance(row, dict)
    said = row["messages"][1]["content"]
    assert said == r"<think>six sevens</think>So \boxed{42}"
    assert (row["response_origin"], row["sample_id"]) == ("reference", 9)


def test_sft_row_without_a_response_is_skipped_or_holds_the_answer() -> None:
    seed = _seed(answer="42")
    assert isinstance(sft_row(seed, "skip"), Skipped)
    row = sft_row(seed, "answer")
    assert isinstance(row, dict)
    assert row["messages"][1]["content"] == r"\boxed{42}"
    assert row["response_origin"] == "answer"


def test_answer_that_a_model_proposed_is_no_given_one() -> None:
    row = rl_row(_seed(answer="42", answer_origin="proposed", key_origin="plurality"))
    assert isinstance(row, dict)
    assert (row["ground_truth"], row["key_origin"]) == ("42", "proposed")
