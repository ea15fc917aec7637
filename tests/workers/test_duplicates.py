"""The search for near-duplicates: what it groups, and that it can be stopped or run twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.duplicates import finding, matching, sketching
from backend.duplicates.service import FIND, find_now
from backend.duplicates.tables import (
    DuplicateBand,
    DuplicateGroup,
    DuplicateMember,
    DuplicateSketch,
)
from backend.jobs.service import LeaseLost, claim, enqueue
from backend.jobs.tables import Job
from backend.science.near_duplicates import DuplicateRule
from backend.seeds.service import edit_seed
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user
from tests.duplicates import (
    DUCKS,
    OTHER_NUMBERS,
    ROBE,
    claimed,
    due,
    groups,
    run_find,
    standings,
)
from workers.tasks import duplicates
from workers.tasks.duplicates import find


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> None:
    monkeypatch.setattr(sketching, "BATCH", 2)


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> DuplicateRule:
    """Room for two members in a group, and for three leaders in a bucket."""
    small = replace(sketching.RULE, group_limit=2, bucket_limit=3)
    for module in (sketching, matching, finding):
        monkeypatch.setattr(module, "RULE", small)
    return small


def test_copies_are_told_from_other_numbers_and_from_the_rest(session: Session) -> None:
    ducks = create_seed(session, DUCKS)
    create_seed(session, ROBE)
    copy = create_seed(session, DUCKS.upper() + "!")
    variant = create_seed(session, OTHER_NUMBERS)
    variants_copy = create_seed(session, f"  {OTHER_NUMBERS}  ")
    job = run_find(session)
    assert groups(session) == {
        ("copies", ducks.id): [copy.id],
        ("variants", ducks.id): [variant.id],
        ("copies", variant.id): [variants_copy.id],
    }
    similarity = dict(
        session.execute(select(DuplicateMember.seed_id, DuplicateMember.similarity)).all()  # type: ignore[arg-type]
    )
    assert similarity[copy.id] == similarity[variants_copy.id] == 1
    # 32 words (Janet, s, ...), so 32 shingles; 3 of them hold the number: 29 are shared of 35.
    assert similarity[variant.id] == pytest.approx(29 / 35)
    row = session.get_one(Job, job.id)
    assert (row.done_count, row.total_count) == (5, 5)
    assert due(session) == 0


def test_seeds_that_come_later_find_those_that_are_there(session: Session) -> None:
    first = create_seed(session, DUCKS)
    run_find(session)
    second = create_seed(session, DUCKS.replace("old", "new"))
    job = run_find(session)
    assert groups(session) == {("copies", first.id): [second.id]}
    assert session.get_one(Job, job.id).done_count == 1


def test_chain_is_no_group(session: Session) -> None:
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
    # Windows of 48 words, 6 further each time: neighbours share 40 of 56 shingles, others fewer.
    first, second, third = (
        create_seed(session, " ".join(words[begin : begin + 48])) for begin in (0, 6, 12)
    )
    run_find(session)
    assert groups(session) == {("copies", first.id): [second.id]}
    assert standings(session)[third.id] == "leader"


def test_short_texts_are_grouped_only_as_whole_copies(session: Session) -> None:
    paris = create_seed(session, "What is the capital of France?")
    create_seed(session, "What is the capital of Germany?")
    copy = create_seed(session, "what is THE capital of 'France'")
    word = create_seed(session, "Why?")
    same_word = create_seed(session, "why")
    run_find(session)
    assert groups(session) == {
        ("copies", paris.id): [copy.id],
        ("copies", word.id): [same_word.id],
    }


def test_texts_without_words_are_counted_and_grouped_with_nothing(session: Session) -> None:
    seeds = [create_seed(session, text) for text in ("?!", "...", "🙂", "\u200b.")]
    run_find(session)
    assert standings(session) == {seed.id: "no_words" for seed in seeds}
    assert groups(session) == {}


@pytest.mark.parametrize(
    "text",
    [
        "这个问题的答案是什么呢请仔细想一想再回答",
        "Сколько будет два плюс два, если считать?",
        "كم عدد التفاحات التي اشتراها علي من السوق",
        "e\u0301te\u0301 ou hiver, que pre\u0301fe\u0301rez-vous ?",
    ],
)
def test_copies_in_any_script_are_found(session: Session, text: str) -> None:
    first, second = create_seed(session, text), create_seed(session, f"({text})")
    create_seed(session, ROBE)
    run_find(session)
    assert groups(session) == {("copies", first.id): [second.id]}


def test_very_long_texts_are_compared_too(session: Session) -> None:
    long = " ".join(f"word{number % 9973}" for number in range(1_200_000))
    assert len(long) > 10_000_000
    first, second = create_seed(session, long), create_seed(session, f"{long} The end.")
    run_find(session)
    assert groups(session) == {("copies", first.id): [second.id]}


def test_new_wording_is_looked_at_anew(session: Session) -> None:
    first, second = create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!")
    robe = create_seed(session, ROBE)
    run_find(session)
    edit_seed(session, create_user(session), second.id, {"prompt": f"{ROBE}!"})
    session.commit()
    assert due(session) == 1
    run_find(session)
    assert groups(session) == {("copies", robe.id): [second.id]}
    assert standings(session)[first.id] == "leader"


def test_members_of_a_leader_that_leaves_find_each_other(session: Session) -> None:
    leader = create_seed(session, DUCKS)
    first, second = create_seed(session, f"{DUCKS}!"), create_seed(session, f"{DUCKS}?")
    run_find(session)
    session.get_one(Seed, leader.id).withdrawn_at = leader.created_at
    session.commit()
    run_find(session)
    assert groups(session) == {("copies", first.id): [second.id]}
    assert leader.id not in standings(session)
    assert leader.id not in session.scalars(select(DuplicateBand.seed_id)).all()


def test_seed_that_comes_back_takes_its_place_again(session: Session) -> None:
    first, second = create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!")
    for withdrawn_at, expected in ((first.created_at, {}), (None, {("copies", 1): [2]})):
        session.get_one(Seed, second.id).withdrawn_at = withdrawn_at
        session.commit()
        run_find(session)
        assert len(groups(session)) == len(expected)
    assert groups(session) == {("copies", first.id): [second.id]}


def test_giant_group_stops_at_its_limit_and_says_so(session: Session, rule: DuplicateRule) -> None:
    seeds = [create_seed(session, DUCKS + "!" * count) for count in range(5)]
    run_find(session)
    assert groups(session) == {("copies", seeds[0].id): [seeds[1].id, seeds[2].id]}
    assert [standings(session)[seed.id] for seed in seeds[3:]] == ["left_out", "left_out"]
    assert session.scalars(select(DuplicateGroup.left_out)).one() == 2
    # Once the leader leaves, those without room are looked at again too.
    session.get_one(Seed, seeds[0].id).withdrawn_at = seeds[0].created_at
    session.commit()
    run_find(session)
    assert groups(session) == {("copies", seeds[1].id): [seeds[2].id, seeds[3].id]}
    assert session.scalars(select(DuplicateGroup.left_out)).one() == 1


def test_crowded_buckets_are_not_read_whole_and_said(session: Session, rule: DuplicateRule) -> None:
    # The same template with other numbers, so that all of them lead and share buckets.
    text = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz") * 4
    for number in range(9):
        create_seed(session, f"{text} {number}")
    run_find(session)
    crowded = select(func.count()).where(DuplicateSketch.crowded)
    assert session.scalars(crowded).one() > 0


def test_second_search_finds_nothing_to_do(session: Session) -> None:
    create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!")
    run_find(session)
    before = session.scalars(select(DuplicateGroup.id)).all()
    job = run_find(session)
    assert session.get_one(Job, job.id).done_count == 0
    assert session.scalars(select(DuplicateGroup.id)).all() == before


def test_job_that_was_taken_over_writes_nothing(session: Session) -> None:
    create_seed(session, DUCKS)
    stale = claimed(session)
    session.get_one(Job, stale.id).lease_until = None
    session.commit()
    assert claim(stale.id, 60, "test/2") is not None
    with pytest.raises(LeaseLost):
        find(stale)
    session.expire_all()
    assert standings(session) == {}
    assert due(session) == 1


def test_job_that_was_stopped_goes_on_where_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = [create_seed(session, DUCKS + "!" * number) for number in range(6)]
    job = claimed(session)
    store = finding.store
    batches = []

    def store_until_killed(session: Session, batch: sketching.Sketched) -> int:
        stored = store(session, batch)
        batches.append(batch)
        if len(batches) == 3:
            raise KeyboardInterrupt  # with all of the third batch written, and not committed
        return stored

    monkeypatch.setattr(duplicates, "store", store_until_killed)
    with pytest.raises(KeyboardInterrupt):
        find(job)
    monkeypatch.setattr(duplicates, "store", store)
    session.expire_all()
    assert due(session) == 2
    find(job)
    session.expire_all()
    assert groups(session) == {("copies", seeds[0].id): [seed.id for seed in seeds[1:]]}
    assert session.get_one(Job, job.id).done_count == 2


def test_seed_that_changes_while_it_is_sketched_is_left_for_the_next_pass(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    robe, changed = create_seed(session, ROBE), create_seed(session, DUCKS)
    editor = create_user(session)
    job = claimed(session)
    sketch = sketching.sketch

    def sketch_while_editing(seeds: list[sketching.DueSeed]) -> sketching.Sketched:
        monkeypatch.setattr(duplicates, "sketch", sketch)
        with session_scope() as other:
            edit_seed(other, editor, changed.id, {"prompt": f"{ROBE}!"})
        return sketch(seeds)

    monkeypatch.setattr(duplicates, "sketch", sketch_while_editing)
    find(job)
    session.expire_all()
    assert groups(session) == {("copies", robe.id): [changed.id]}


@pytest.fixture
def many_seeds(committed: None) -> int:
    with session_scope() as session:
        user = create_user(session)
        for number in range(40):
            create_seed(session, DUCKS + "!" * number if number % 4 == 0 else None)
        find_now(session, user)
    return 10


def test_two_workers_at_once_miss_nothing(many_seeds: int) -> None:
    def work(_: int) -> None:
        with session_scope() as session:
            job_id = enqueue(session, FIND, {}).id
        job = claim(job_id, 60, "test/1")
        assert job is not None
        find(job)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    with session_scope() as session:
        copies = [found for (kind, _), found in groups(session).items() if kind == "copies"]
        assert [len(found) for found in copies] == [many_seeds - 1]
        assert len(standings(session)) == 40
        assert due(session) == 0
