"""Files that are made when their button is pressed, not to draw it."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

Make = Callable[[], bytes | str]


def download_button(
    label: str, make: Make, file_name: str, mime: str = "application/octet-stream", **looks: Any
) -> None:
    """Offer a file that `make` returns; the looks are those of Streamlit's button."""
    st.download_button(
        label, _kept(make, file_name, mime), file_name=file_name, mime=mime,
        icon=":material/download:", on_click="ignore", **looks,
    )  # fmt: skip


def _kept(make: Make, file_name: str, mime: str) -> Callable[[], bytes]:
    """Streamlit counts no reader's page among the users of a file that is made when asked for.

    Any two pages that are drawn meanwhile, also other readers', would delete it before the browser
    has it. So it is named as the page's own, as files that are made beforehand are.
    """
    page = get_script_run_ctx()

    def made() -> bytes:
        content = make()
        content = content.encode() if isinstance(content, str) else content
        if page is not None:
            named = Thread(target=_name, args=(content, file_name, mime))
            add_script_run_ctx(named, page)
            named.start()
            named.join()
        return content

    return made


def _name(content: bytes, file_name: str, mime: str) -> None:
    runtime.get_instance().media_file_mgr.add(
        content, mime, f"download.{file_name}", file_name, is_for_static_download=True
    )
