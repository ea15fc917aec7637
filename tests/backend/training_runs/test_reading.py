"""Metrics in parts, logs from an offset, samples, lists."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.training_runs import metrics
from backend.training_runs.folders import folder_of
from backend.training_runs.metrics import Logged, read_line
from backend.training_runs.reading import printed, samples_of, text_part
from backend.training_runs.tables import TrainingRun
from tests.training_runs import asked, create_export, output, step
from workers.training_files import new_metrics

pytestmark = pytest.mark.usefixtures("trainer")


@pytest.fixture
def run(client: TestClient, session: Session) -> TrainingRun:
    """A run that waits for its export, so that nothing but the test writes its files."""
    number = asked(client, create_export(session, "pending").id)["id"]
    found = session.get(TrainingRun, number)
    assert found is not None
    output(number).mkdir(parents=True)
    return found


def _train(step: int, loss: float) -> Logged:
    return Logged(step, "train", None, {"loss": loss})


def _read(client: TestClient, run: TrainingRun, **query: Any) -> Any:
    return client.get(f"/v1/training-runs/{run.id}/metrics", params=query).json()


def test_metrics_are_read_on_from_a_position(
    client: TestClient, session: Session, run: TrainingRun
) -> None:
    metrics.store(session, run, [_train(1, 3.0), _train(2, 2.0)], 40)
    session.commit()
    first = _read(client, run)
    assert [row["step"] for row in first["items"]] == [1, 2]
    assert (first["next"], first["stride"]) == (2, 1)
    # Gone on with from step 1, as a run that was killed.
    run = session.merge(run)
    metrics.store(session, run, [_train(2, 2.5), _train(3, 1.0)], 80)
    session.commit()
    second = _read(client, run, after=first["next"])
    assert [(row["step"], row["values"]["loss"]) for row in second["items"]] == [(2, 2.5), (3, 1.0)]
    assert _read(client, run, after=second["next"])["items"] == []
    assert len(_read(client, run)["items"]) == 3


def test_very_many_metrics_are_thinned_and_keep_their_last(
    client: TestClient, session: Session, run: TrainingRun
) -> None:
    metrics.store(session, run, [_train(number, 1.0) for number in range(1, 2501)], 1)
    metrics.store(session, run, [Logged(2500, "validation", None, {"eval_loss": 1.0})], 2)
    session.commit()
    found = _read(client, run, points=100)
    train = [row["step"] for row in found["items"] if row["kind"] == "train"]
    assert (len(train), train[0], train[-1], found["stride"]) == (100, 25, 2500, 25)
    assert [row["step"] for row in found["items"] if row["kind"] == "validation"] == [2500]
    assert found["next"] == 2501


@given(
    sizes=st.lists(st.integers(1, 60), max_size=12),
    steps=st.lists(st.integers(0, 50), max_size=12),
)
def test_file_read_in_any_pieces_gives_each_line_once(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], steps: list[int]
) -> None:
    content = b"".join(b'{"step": %d, "loss": 1.5}\n' % number for number in steps)
    folder = tmp_path_factory.mktemp("output")
    path, read_to, found = folder / "metrics.jsonl", 0, []
    end = 0
    for size in [*sizes, len(content)]:
        end = min(end + size, len(content))
        path.write_bytes(content[:end])
        tail = new_metrics(folder, read_to)
        found += [line.step for line in tail.lines]
        read_to = tail.read_to
    assert (found, read_to) == (steps, len(content))


def test_file_that_was_begun_anew_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 1}\n')
    assert [line.step for line in new_metrics(tmp_path, 5000).lines] == [1]


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"null", b'{"loss": 1}', b'{"step": "1"}', b'{"step": -1}',
     b'{"step": 1e99}', b"[" * 100_000, b'{"step": true}', b"\xff"],
)  # fmt: skip
def test_line_that_says_nothing_is_passed_over(line: bytes) -> None:
    assert read_line(line) is None


def test_numbers_that_are_none_are_kept_as_null(
    client: TestClient, session: Session, run: TrainingRun
) -> None:
    line = read_line(b'{"step": 4, "time": 1.5, "loss": NaN, "grad_norm": Infinity, "a\\u0000": 1}')
    assert line is not None
    metrics.store(session, run, [line], 1)
    session.commit()
    [row] = _read(client, run)["items"]
    assert row["values"] == {"loss": None, "grad_norm": None}
    assert row["logged_at"] == "1970-01-01T00:00:01.500000Z"


def test_log_is_read_from_an_offset_and_from_its_end(client: TestClient, run: TrainingRun) -> None:
    path = f"/v1/training-runs/{run.id}/log"
    assert client.get(path).json()["size"] == 0
    (folder_of(run) / "train.log").write_text("begun\nstep 1 \u2713\u2713\n")
    first = client.get(path, params={"after": 0, "limit": 14}).json()
    # The sign has three bytes, of which the limit leaves one.
    assert (first["text"], first["next"]) == ("begun\nstep 1 ", 13)
    assert client.get(path, params={"after": 13}).json()["text"] == "\u2713\u2713\n"
    assert client.get(path, params={"limit": 5}).json()["text"] == "\u2713\n"
    assert client.get(path, params={"after": 10**9}).json()["text"] == ""


BAR = "Map:  45%|\u2588\u2588\u258c  | 450/1000 [00:01<00:01, 400.00 examples/s]"


@pytest.mark.parametrize(
    "bar",
    [
        BAR,
        "worker-1: " + BAR,
        "  0%|          | 0/3 [00:00<?, ?it/s]",
        "Generating train split: 14837 examples [00:00, 29384.28 examples/s]",
        "Loading weights: 100%|\u2588| 39/39 [1:00:02<00:00, 2.01s/it, Materializing=norm]",
        "Loading checkpoint shards:  50% Completed | 3/6 [00:01<00:01,  2.00it/s]",
    ],
)
def test_progress_bars_are_no_part_of_what_is_read(bar: str) -> None:
    assert printed(f"before\n{bar}\nafter\n") == "before\nafter\n"
    assert printed(f"\r{bar}\r{bar}\r{bar}\n") == ""
    assert printed(f"{bar}\r{bar}\rstep 3\r\n") == "step 3\n"
    assert printed(f"{bar} it failed") == f"{bar} it failed"


def test_log_that_is_written_over_is_shown_as_it_is_at_last(
    client: TestClient, run: TrainingRun
) -> None:
    path, log = f"/v1/training-runs/{run.id}/log", folder_of(run) / "train.log"
    log.write_text(f"begun\n\r{BAR}\r{BAR[:20]}", newline="")
    first = client.get(path).json()
    # The bar may still end as a line that is worth reading.
    assert (first["text"], first["next"]) == ("begun\n", 6)
    log.write_text(f"begun\n\r{BAR}\r{BAR}\rIt failed.\nend", newline="")
    second = client.get(path, params={"after": first["next"]}).json()
    assert (second["text"], second["next"]) == ("It failed.\nend", second["size"])
    # One bar that fills all that is asked for is passed over, piece by piece.
    log.write_text(f"\r{BAR}" * 9 + "\nend\n", newline="")
    text, after, size = "", 0, 1
    while after < size:
        part = client.get(path, params={"after": after, "limit": 200}).json()
        assert part["next"] > after
        text, after, size = text + part["text"], part["next"], part["size"]
    assert text.strip() == "end"


@given(text=st.text(max_size=40), limit=st.integers(4, 9))
def test_log_read_in_parts_is_the_whole(
    tmp_path_factory: pytest.TempPathFactory, text: str, limit: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "train.log"
    path.write_bytes(content := text.encode("utf-8", "replace"))
    read, after = b"", 0
    while (part := text_part(path, after, limit)).content:
        part.content.decode()
        read, after = read + part.content, part.next
    assert read == content


def test_samples_are_the_last_ones_or_read_on(client: TestClient, run: TrainingRun) -> None:
    lines = [
        f'{{"step": {n}, "prompt": "2 + {n} =", "text": "<think>", "reward": null}}\n'
        for n in range(1, 6)
    ]
    path = output(run.id) / "samples.jsonl"
    path.write_text("".join(lines) + '{"step": 6, "pro')
    found = client.get(f"/v1/training-runs/{run.id}/samples", params={"limit": 2}).json()
    assert [sample["step"] for sample in found["items"]] == [4, 5]
    whole = sum(map(len, lines))
    assert found["next"] == whole
    assert samples_of(path, whole, 5) == ([], whole)
    first, after = samples_of(path, 0, 3)
    assert ([sample.step for sample in first], after) == ([1, 2, 3], len("".join(lines[:3])))


def test_runs_are_listed_by_export_and_state(client: TestClient, session: Session) -> None:
    one, other = create_export(session, "pending"), create_export(session, "pending")
    first, second = asked(client, one.id), asked(client, other.id)
    step(first["job_id"])
    client.post(f"/v1/training-runs/{second['id']}:cancel")

    def listed(**query: Any) -> list[int]:
        page = client.get("/v1/training-runs", params=query).json()
        return [run["id"] for run in page["items"]]

    assert listed() == [second["id"], first["id"]]
    assert listed(export_id=one.id) == [first["id"]]
    assert listed(state="cancelled") == [second["id"]]
    assert client.get("/v1/training-runs", params={"state": "lost"}).status_code == 422


def test_viewers_read_and_start_nothing(client_as: Any, session: Session) -> None:
    viewer = client_as("viewer")
    export = create_export(session, "pending")
    body = {"name": "x", "export_id": export.id, "recipe": {"template": "tiny_sft"}}
    assert viewer.post("/v1/training-runs", json=body).status_code == 403
    assert viewer.get("/v1/training-runs").status_code == 200
