"""Uploads as they come over a real connection: slow, stuck or cut off."""

import os
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import text

from backend.database import session_scope
from backend.seeds import import_routes
from tests.backend.seeds.test_importing import lines, row


def begin_upload(api_url: str, body: bytes) -> socket.socket:
    """A connection on which the head and the beginning of an upload have been sent."""
    address = urlsplit(api_url)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    head = (
        f"POST /v1/seeds:bulk HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {os.environ['SEEDBED_KEY']}\r\n"
        "Content-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


def wait_until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1500):
        if holds():
            return
        pause.wait(0.02)
    pytest.fail("it did not come to that")


def copying() -> bool:
    """Whether an upload is in its transaction."""
    with session_scope() as session:
        begun = (
            "select count(*) from pg_stat_activity where state = 'active' and query like 'copy %'"
        )
        return bool(session.scalar(text(begun)))


def stored(api_url: str) -> tuple[int, int]:
    headers = {"Authorization": f"Bearer {os.environ['SEEDBED_KEY']}"}
    seeds = httpx.get(f"{api_url}/v1/seeds", headers=headers).json()
    imports = httpx.get(f"{api_url}/v1/imports", headers=headers).json()
    return seeds["total"], len(imports["items"])


def test_upload_that_is_stuck_is_refused_and_changes_nothing(
    api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_routes, "PATIENCE", 0.3)
    with begin_upload(api_url, lines(row("a?")) + b"\n") as connection:
        answer = connection.recv(65536).decode()
    assert "422" in answer.splitlines()[0]
    assert "nothing came for 0.3 seconds" in answer
    assert stored(api_url) == (0, 0)


def test_upload_that_is_cut_off_changes_nothing(api_url: str) -> None:
    with begin_upload(api_url, lines(row("a?")) + b"\n"):
        wait_until(copying)
    wait_until(lambda: not copying())
    assert stored(api_url) == (0, 0)


def test_other_requests_are_answered_during_an_upload(api_url: str) -> None:
    with begin_upload(api_url, lines(row("a?")) + b"\n"):
        wait_until(copying)
        assert stored(api_url) == (0, 0)
