"""A judge is asked about few pairs, each paid for once, and only a double word decides."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import pytest
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.science.answer_keys import AnswerKey
from backend.science.known_equivalences import Pair, PairDecision, ordered_pair, relation_of
from backend.science.plurality import plurality
from backend.scoring.equivalences import (
    NewEquivalence,
    known_equivalences,
    store_equivalences,
    stored_replies,
)
from backend.scoring.line_up import entry_of
from backend.scoring.samples import NewSample, Spent, store_samples
from tests.builders import create_endpoint, create_seed
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, refuse
from workers.budget import Bound
from workers.equivalence_judge import EquivalenceJudge, Judged, JudgedSeed
from workers.model_client import ModelClient, endpoint_config

PROMPT = "Why did the farmer lose money?"
FALL = ["because the market fell", "since prices on the market dropped", "for the prices went down"]
RAIN = ["because it rained all summer", "the summer rain spoiled all of it"]


def text(words: str) -> AnswerKey:
    return AnswerKey("text", words)


class Notebook:
    """Writer and gate in one: what was stored, and what was let in."""

    def __init__(self, most_calls: int = 1000) -> None:
        self.samples: list[NewSample] = []
        self.decisions: list[NewEquivalence] = []
        self.failed: Counter[int] = Counter()
        self.open = 0
        self.spent: list[Spent] = []
        self._left = most_calls

    def sample(self, sample: NewSample) -> None:
        self.samples.append(sample)

    def equivalence(self, decided: NewEquivalence) -> None:
        self.decisions.append(decided)

    def lost(self, endpoint_id: int, calls: int) -> None:
        self.failed[endpoint_id] += calls

    async def enter(self, bound: Bound) -> bool:
        assert bound.calls == 1
        assert bound.tokens > 64
        self._left -= 1
        self.open += self._left >= 0
        return self._left >= 0

    def leave(self, bound: Bound, spent: Spent) -> None:
        self.open -= 1
        self.spent.append(spent)


def pair_asked(request: Request) -> tuple[str, str]:
    *_, one, two = request.prompt.split("\n")
    return json.loads(one.removeprefix("Answer A: ")), json.loads(two.removeprefix("Answer B: "))


def says(verdict: Callable[[str, str], object]) -> Callable[[Request], Step]:
    def step(request: Request) -> Step:
        return answer(json.dumps({"same": verdict(*pair_asked(request)), "reason": "So it is."}))

    return step


def by_topic(first: str, second: str) -> bool:
    return any(first in topic and second in topic for topic in (FALL, RAIN))


@pytest.fixture
def endpoint(session: Session, server: FakeOpenAI) -> Endpoint:
    server.default = says(by_topic)
    return create_endpoint(
        session, "judge", base_url=server.base_url, input_price=1, output_price=2
    )


def judged(
    endpoint: Endpoint,
    notebook: Notebook,
    keys: Sequence[AnswerKey | None],
    *,
    revision_id: int = 1,
    given: AnswerKey | None = None,
    known: Mapping[Pair, PairDecision] | None = None,
    replies: Mapping[tuple[str, int], str] | None = None,
    **settings: int,
) -> Judged:
    seed = JudgedSeed(revision_id, PROMPT, keys, {}, given, known or {}, replies or {})

    async def run() -> Judged:
        async with ModelClient(endpoint_config(endpoint), attempts=1) as client:
            entry = entry_of(endpoint, "judge", 1)
            return await EquivalenceJudge(
                client, entry, endpoint, notebook, notebook, **settings
            ).judge(seed)

    return asyncio.run(run())


def test_votes_in_other_words_are_counted_together(endpoint: Endpoint, server: FakeOpenAI) -> None:
    keys = [text(words) for words in (FALL[0], FALL[0], FALL[1], RAIN[0], RAIN[1])] + [None]
    notebook = Notebook()
    result = judged(endpoint, notebook, keys)
    votes = plurality(keys, relation_of(result.known))
    assert [(found.key.value, found.count) for found in votes.classes] == [
        (FALL[0], 3), (RAIN[0], 2),
    ]  # fmt: skip
    assert result.complete
    assert {pair_asked(request) for request in server.requests} == {
        order
        for pair in [(FALL[0], RAIN[0]), (FALL[0], RAIN[1]), (RAIN[0], RAIN[1]), (FALL[0], FALL[1])]
        for order in (pair, pair[::-1])
    }
    assert all(PROMPT in request.prompt for request in server.requests)
    assert notebook.open == 0
    assert sum(spent.calls for spent in notebook.spent) == len(server.requests) == 8


def test_all_members_of_a_class_must_agree(endpoint: Endpoint, server: FakeOpenAI) -> None:
    server.default = says(lambda *pair: {*pair} != {FALL[1], FALL[2]})
    keys = [text(FALL[0])] * 2 + [text(FALL[1]), text(FALL[2])]
    votes = plurality(keys, relation_of(judged(endpoint, Notebook(), keys).known))
    assert [found.count for found in votes.classes] == [3, 1]


def test_a_judge_that_contradicts_itself_decides_nothing(
    endpoint: Endpoint, server: FakeOpenAI
) -> None:
    server.default = says(lambda first, second: first < second)
    result = judged(endpoint, Notebook(), [text(FALL[0]), text(FALL[1])])
    assert list(result.known.values()) == [PairDecision(None, endpoint.name)]
    assert not relation_of(result.known)(text(FALL[0]), text(FALL[1]))


@pytest.mark.parametrize("reply", ['{"same": "unclear", "reason": ""}', "yes", ""])
def test_an_unusable_reply_is_unknown_and_the_other_order_is_not_paid_for(
    endpoint: Endpoint, server: FakeOpenAI, reply: str
) -> None:
    server.default = answer(reply, finish_reason="length" if not reply else "stop")
    notebook = Notebook()
    result = judged(endpoint, notebook, [text(FALL[0]), text(FALL[1])])
    assert list(result.known.values()) == [PairDecision(None, endpoint.name)]
    assert [sample.response for sample in notebook.samples] == [reply]


def test_the_given_answer_is_compared_first(endpoint: Endpoint, server: FakeOpenAI) -> None:
    given = text("a fall of market prices")
    keys = [text(FALL[0])] * 3 + [text(RAIN[0])]
    judged(endpoint, Notebook(), keys, given=given, max_pairs_per_seed=1)
    assert {*pair_asked(server.requests[0])} == {given.value, FALL[0]}
    assert len(server.requests) == 2


def test_no_more_pairs_than_allowed_also_over_several_rounds(
    endpoint: Endpoint, server: FakeOpenAI
) -> None:
    keys = [text(f"the reason number {number} of many") for number in range(8)]
    first = judged(endpoint, Notebook(), keys, max_pairs_per_seed=5)
    again = judged(endpoint, Notebook(), keys, known=first.known, max_pairs_per_seed=5)
    assert (len(first.known), first.complete) == (5, True)
    assert again == first
    assert len(server.requests) == 10


def test_nothing_is_asked_about_closed_forms_and_what_is_known(
    endpoint: Endpoint, server: FakeOpenAI
) -> None:
    keys = [text("paris"), text("lyon"), AnswerKey("integer", "3"), text(FALL[0]), text(FALL[1])]
    known = {
        ordered_pair(text(one), text(two)): PairDecision(False, "algebra")
        for one, two in combinations(["paris", "lyon", *FALL[:2]], 2)
    }
    assert judged(endpoint, Notebook(), keys, known=known).known == known
    assert server.requests == []


def test_every_reply_is_stored_and_never_asked_for_again(
    session: Session, endpoint: Endpoint, server: FakeOpenAI
) -> None:
    revision_id = create_seed(session).revision_id
    entry = entry_of(endpoint, "judge", 1)
    keys = [text(words) for words in (*FALL, *RAIN)]
    killed = Notebook(most_calls=3)
    assert not judged(endpoint, killed, keys, revision_id=revision_id).complete
    store_samples(session, None, killed.samples)  # but not what was decided by then
    assert len(server.requests) == 3
    notebook = Notebook()
    result = judged(
        endpoint, notebook, keys, revision_id=revision_id,
        replies=stored_replies(session, revision_id, entry),
    )  # fmt: skip
    assert result.complete
    assert len({pair_asked(request) for request in server.requests}) == len(server.requests)
    store_samples(session, None, notebook.samples)
    store_equivalences(session, notebook.decisions[2:])  # and two decisions are lost again
    asked = len(server.requests)
    last = judged(
        endpoint, Notebook(), keys, revision_id=revision_id,
        known=known_equivalences(session, [revision_id])[revision_id],
        replies=stored_replies(session, revision_id, entry),
    )  # fmt: skip
    assert last == result
    assert len(server.requests) == asked


def test_a_call_that_fails_decides_nothing_is_counted_and_says_why(
    endpoint: Endpoint, server: FakeOpenAI
) -> None:
    server.default = refuse(401, "who are you?")
    notebook = Notebook()
    result = judged(endpoint, notebook, [text(FALL[0]), text(FALL[1])])
    assert (result.known, result.complete) == ({}, False)
    assert result.failure is not None
    assert "who are you?" in result.failure
    assert notebook.open == 0
    assert notebook.decisions == []
    assert notebook.failed == {endpoint.id: 1}


def test_samples_carry_cost_order_and_the_settings_of_the_line_up(endpoint: Endpoint) -> None:
    notebook = Notebook()
    judged(endpoint, notebook, [text(FALL[0]), text(FALL[1])])
    entry = entry_of(endpoint, "judge", 1)
    assert [sample.sample_index for sample in notebook.samples] == [0, 1]
    assert {sample.settings_hash for sample in notebook.samples} == {entry.settings_hash}
    assert {sample.template_hash for sample in notebook.samples} != {entry.template_hash}
    assert all(sample.cost > 0 and sample.answer_key is None for sample in notebook.samples)
