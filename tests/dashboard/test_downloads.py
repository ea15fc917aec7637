"""A file that is made when asked for is there until the browser has it, whoever draws meanwhile."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import downloads

PLACE = "1.0.3"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """What Streamlit serves from, as its runtime holds it."""
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(
        downloads.runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=files)
    )
    return files


def test_drawn_pages_do_not_delete_a_file_before_it_is_fetched(
    files: MediaFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = SimpleNamespace(session_id="reader")
    offered = []
    monkeypatch.setattr(downloads, "get_script_run_ctx", lambda: page)
    monkeypatch.setattr(st, "download_button", lambda _, made, **looks: offered.append(made))
    downloads.download_button("Log", lambda: "epoch 1", "training.log", "text/plain")
    button = files.add_deferred(offered[0], "text/plain", PLACE, "training.log")

    url = files.execute_deferred(button)
    for _ in range(3):
        files.remove_orphaned_files()  # as at the end of each page's drawing
    kept = files.read_file(url.rpartition("/")[2].partition(".")[0])
    assert kept is not None
    assert kept.content == b"epoch 1"
    assert get_script_run_ctx() is None

    files.clear_session_refs("reader")  # the reader has gone on
    for _ in range(3):
        files.remove_orphaned_files()
    assert files.read_file(url.rpartition("/")[2].partition(".")[0]) is None
