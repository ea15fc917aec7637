"""Before rows go out their prompts are checked, and so are the responses that go with them."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.exports import screening, service
from backend.exports.selection import Census
from backend.exports.verify import verify
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed
from tests.backend.exports.test_export import _folder, _lines, _written
from tests.builders import create_sample, create_seed, create_teachability
from tests.checks import DUCKS, ROBE, add_benchmark, check_as, hits, run_check

REFERENCE = {"classes": [{"is_reference": True, "keys": ["integer:42"]}]}


def answered(session: Session, prompt: str, response: str, reasoning: str | None = None) -> Seed:
    """An accepted seed with a response that an SFT export holds."""
    seed = create_seed(session, prompt, status="accepted")
    create_teachability(session, seed, key_origin="plurality", plurality=REFERENCE)
    create_sample(session, seed, role="reference", response=response, reasoning=reasoning)
    return seed


def left_out(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "left_out.jsonl").read_bytes().splitlines()]


def test_unchecked_prompts_are_checked_before_they_go_out(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    add_benchmark(session, DUCKS)
    copy = create_seed(session, DUCKS, answer="9", status="accepted")
    create_seed(session, answer="1", status="accepted")
    export = _written(client, woken)
    assert [row["seed_id"] for row in _lines(_folder(export))] != [copy.id]
    manifest = export["manifest"]
    assert (manifest["rows"], manifest["left_out"]) == (
        1, {"open or confirmed decontamination hit": 1},
    )  # fmt: skip
    assert manifest["decontamination"]["never_checked"] == 0
    assert manifest["decontamination"]["policy"] == "default v1"
    # What was found waits for a curator.
    assert [hit.state for hit in hits(session)] == ["open"]
    assert left_out(_folder(export)) == [
        {
            "seed_id": copy.id, "reason": "open or confirmed decontamination hit",
            "benchmark": "gsm8k", "version": "1", "split": "test", "item_id": "0",
            "method": "exact", "verdict": "contaminated", "score": 1.0,
        }
    ]  # fmt: skip
    assert verify(_folder(export)) == []


def test_only_the_seeds_of_the_export_are_checked(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    add_benchmark(session, DUCKS)
    pending = create_seed(session, DUCKS)
    taken = create_seed(session, answer="1", status="accepted", domain="maths")
    other = create_seed(session, answer="1", status="accepted", domain="code")
    _written(client, woken, filter={"domain": "maths"})
    session.expire_all()
    checked = {seed.id: seed.checked_index is not None for seed in (pending, taken, other)}
    assert checked == {pending.id: False, taken.id: True, other.id: False}


@pytest.mark.parametrize("where", ["response", "reasoning"])
def test_row_whose_response_stands_in_a_benchmark_is_left_out(
    session: Session, client: TestClient, woken: list[int], where: str
) -> None:
    add_benchmark(session, DUCKS)
    texts = {"response": r"\boxed{42}", "reasoning": None, where: f"I know this one: {DUCKS}"}
    told = answered(session, "What do I know?", **texts)  # type: ignore[arg-type]
    clean = answered(session, "What is 6 x 7?", "It is 42.")
    export = _written(client, woken, layout="sft")
    folder = _folder(export)
    assert [row["seed_id"] for row in _lines(folder)] == [clean.id]
    assert export["manifest"]["left_out"] == {"response stands in a benchmark": 1}
    [entry] = left_out(folder)
    assert (entry["seed_id"], entry["reason"], entry["benchmark"], entry["item_id"]) == (
        told.id, "response stands in a benchmark", "gsm8k", "0",
    )  # fmt: skip
    assert verify(folder) == []
    assert (export["done_count"], export["total_count"]) == (2, 2)


def test_response_may_repeat_what_a_curator_let_the_prompt_through_for(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    add_benchmark(session, DUCKS)
    answered(session, f"{DUCKS} In words.", f"You ask: {DUCKS} It is 42.")
    run_check(session)
    hits(session)[0].state = "dismissed"
    session.commit()
    assert _written(client, woken, layout="sft")["row_count"] == 1


def test_confirmed_variant_goes_out_with_the_fact(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_as(monkeypatch, "variant")
    add_benchmark(session, DUCKS)
    create_seed(session, DUCKS, answer="9", status="accepted")
    create_seed(session, answer="1", status="accepted")
    run_check(session)
    assert _written(client, woken)["row_count"] == 1
    hits(session)[0].state = "confirmed"
    session.commit()
    export = _written(client, woken)
    rows = _lines(_folder(export))
    assert [row["confirmed_hits"] for row in rows] == [["gsm8k 1 test 0"], []]
    assert export["manifest"]["decontamination"]["rows_with_confirmed_hits"] == 1


def test_related_responses_stop_nothing(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_as(monkeypatch, "related")
    add_benchmark(session, DUCKS)
    answered(session, "What do I know?", DUCKS)
    assert _written(client, woken, layout="sft")["row_count"] == 1


def test_without_benchmarks_nothing_is_checked_and_that_is_said(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    answered(session, "What is 6 x 7?", "It is 42.")
    export = _written(client, woken, layout="sft")
    assert export["row_count"] == 1
    assert export["manifest"]["decontamination"]["never_checked"] == 1


def test_seed_that_is_reworded_after_the_check_does_not_go_out_unchecked(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_benchmark(session, DUCKS)
    create_seed(session, answer="1", status="accepted")
    census = service.census

    def reword_and_count(session: Session, wanted: SeedFilter, **options: bool) -> Census:
        session.execute(update(Seed).values(checked_index=None))
        return census(session, wanted, **options)

    monkeypatch.setattr(service, "census", reword_and_count)
    export = _written(client, woken)
    assert export["manifest"]["left_out"] == {"not checked against today's benchmarks": 1}
    assert export["row_count"] == 0


def test_many_responses_are_screened_in_batches(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "BATCH", 2)
    add_benchmark(session, DUCKS, ROBE)
    seeds = [answered(session, f"What is {n}?", ROBE if n % 2 else f"It is {n}.") for n in range(7)]
    export = _written(client, woken, layout="sft")
    assert [row["seed_id"] for row in _lines(_folder(export))] == [seed.id for seed in seeds[::2]]
    assert export["manifest"]["left_out"] == {"response stands in a benchmark": 3}
    assert [entry["seed_id"] for entry in left_out(_folder(export))] == [
        seed.id for seed in seeds[1::2]
    ]
