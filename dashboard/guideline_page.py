"""One guideline: its text and the form for the next one, its history, its seeds, its traces."""

import streamlit as st

from dashboard import guideline_traces, session
from dashboard.filter_words import matching
from dashboard.guideline_list import MOST_NOTE, MOST_TEXT
from dashboard.guideline_words import category_words
from dashboard.heads import detail_head
from dashboard.marked_text import marked_html
from dashboard.notices import explained
from dashboard.rows import GuidelineDetail
from dashboard.wording import ago, escaped, plural


def draw(guideline_id: int) -> None:
    """The page of one guideline."""
    guideline = session.api().guideline(guideline_id)
    detail_head(guideline["name"], "All guidelines", "guideline")
    _head(guideline)
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        _text(guideline)
    with right:
        _history(guideline)
    _seeds(guideline)
    guideline_traces.draw(guideline)


def _head(guideline: GuidelineDetail) -> None:
    newest, archived = guideline["newest"], guideline["archived_at"] is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":gray-badge[{category_words(guideline['category'])}] version {newest['number']}, "
            f"{plural(newest['characters'], 'character')}, by {escaped(newest['author'])}, "
            f"{ago(newest['created_at'])}",
            width="content",
        )
        if session.may("curator"):
            label, icon = (
                ("Bring it back", ":material/unarchive:") if archived
                else ("Archive", ":material/archive:")
            )  # fmt: skip
            if st.button(label, icon=icon, type="tertiary"):
                with explained():
                    session.api().archive_guideline(guideline["id"], archived=not archived)
                    st.rerun()
    if archived:
        st.info("It is archived: no run can use it. What was made under it stays.")


def _text(guideline: GuidelineDetail) -> None:
    st.subheader("Text", anchor=False)
    if guideline["archived_at"] is not None or not session.may("curator"):
        st.html(marked_html([(guideline["text"], "")]))
        return
    number = guideline["newest"]["number"]
    key = f"{guideline['id']}_{number}"
    text = st.text_area(
        "Edit it: what you save is a new version", guideline["text"], height=320,
        max_chars=MOST_TEXT, key=f"guideline_text_{key}",
    )  # fmt: skip
    note = st.text_input(
        "What is new, and why", max_chars=MOST_NOTE, placeholder="optional",
        key=f"guideline_note_{key}",
    ).strip()  # fmt: skip
    changed = text != guideline["text"] and bool(text.strip())
    if st.button(
        f"Save as version {number + 1}", type="primary", icon=":material/save:",
        disabled=not changed,
    ):  # fmt: skip
        with explained():
            wanted = {"text": text, "seen": number} | ({"note": note} if note else {})
            session.api().add_guideline_version(guideline["id"], wanted)
            st.rerun()
    st.caption("Runs keep the version that they were started with; earlier versions stay.")


def _history(guideline: GuidelineDetail) -> None:
    st.subheader("History", anchor=False)
    versions = {version["number"]: version for version in guideline["versions"]}
    chosen = st.selectbox(
        "Version", list(versions),
        format_func=lambda number: f"{number}: by {versions[number]['author']}, "
        f"{ago(versions[number]['created_at'])}",
        key=f"guideline_version_{guideline['id']}_{len(versions)}",
    )  # fmt: skip
    version = session.api().guideline_version(guideline["id"], chosen)
    if version["note"]:
        st.caption(escaped(version["note"]))
    if version["against"] is None:
        st.caption("The first version, as it was written.")
        st.html(marked_html([(version["text"], "")]))
        return
    st.html(
        f'<p class="mark-legend">Against version {version["against"]}: '
        '<mark class="removed">taken out</mark> <mark class="added">put in</mark></p>'
    )
    pieces = version["difference"]
    st.html(marked_html([(p["text"], "" if p["kind"] == "same" else p["kind"]) for p in pieces]))


def _seeds(guideline: GuidelineDetail) -> None:
    tag = guideline["category"]
    count = session.api().count_seeds({"tag": tag})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{matching(count)} with the tag {escaped(tag)}, which names this category.")
        st.page_link(
            "app_pages/seeds.py", label="Seeds of this category", icon=":material/grass:",
            query_params={"tag": tag},
        )  # fmt: skip
