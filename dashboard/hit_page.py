"""One hit: seed and item side by side, what both share and what differs marked in both."""

import streamlit as st

from dashboard import hit_settling, session
from dashboard.heads import detail_head
from dashboard.hit_words import (
    MEANINGS,
    evidence_rows,
    found_in_words,
    hit_parts,
    notes_on,
    standing_in_words,
)
from dashboard.marked_text import facts_html, marked_html
from dashboard.notices import empty
from dashboard.rows import Hit, HitFilter, SeedDetail
from dashboard.wording import ago, escaped, plural, share

LEGEND = (
    '<p class="mark-legend">Marked: <mark class="shared">in both</mark> '
    '<mark class="changed">a number that only one of them has</mark></p>'
)
VERDICT_BADGES = {"contaminated": "red", "variant": "orange", "related": "gray"}


def draw(seed_id: int, hit_id: int, chosen: HitFilter) -> None:
    """The page of one hit; after a decision it goes on to the next open one of the filter."""
    seed = session.api().seed(seed_id)
    hit = next((hit for hit in seed["evidence"]["hits"] if hit["id"] == hit_id), None)
    detail_head(f"Hit {hit_id}", "All hits", "hit", "seed")
    hit_settling.draw_last()
    if hit is None:
        empty(
            "This hit is gone",
            "Its seed was reworded, or a later check does not find the item any more.",
        )
        return
    _head(seed, hit)
    _side_by_side(seed, hit)
    for note in notes_on(hit):
        st.info(escaped(note), icon=":material/info:")
    if session.may("curator"):
        hit_settling.draw(seed, hit, chosen)
    st.html(facts_html(_facts(hit)))


def _head(seed: SeedDetail, hit: Hit) -> None:
    verdict, state = hit["verdict"], hit["state"]
    st.markdown(
        f":{VERDICT_BADGES[verdict]}-badge[{verdict}] :gray-badge[{state}] "
        f"{escaped(found_in_words(hit))}"
    )
    st.caption(
        f"{verdict.capitalize()}: {MEANINGS[verdict]}. {state.capitalize()}: "
        f"{standing_in_words(hit)}."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(LEGEND, width="stretch")
        st.page_link(
            "app_pages/seeds.py", label="The seed's page", icon=":material/grass:",
            query_params={"seed": str(seed["id"])},
        )  # fmt: skip


def _side_by_side(seed: SeedDetail, hit: Hit) -> None:
    seed_parts, item_parts = hit_parts(hit, seed["prompt"])
    item = f"version {hit['version']}, split {hit['split']}, item {hit['item_id']}"
    left, right = st.columns(2, border=True)
    with left:
        st.markdown(f"**Seed {seed['id']}**, from {escaped(seed['source'])}")
        st.html(marked_html(seed_parts))
    with right:
        st.markdown(f"**{escaped(hit['benchmark'])}**, {escaped(item)}")
        st.html(marked_html(item_parts))


def _facts(hit: Hit) -> list[tuple[str, str]]:
    return [
        ("Score", share(hit["score"])),
        ("Covered of the item", f"{hit['coverage_item']:.0%}"),
        ("Covered of the seed", f"{hit['coverage_seed']:.0%}"),
        ("Longest shared passage", plural(hit["longest_words"], "word")),
        ("Policy", hit["policy"]),
        ("Index version", str(hit["index_id"])),
        ("Action", hit["action"]),
        ("Found", ago(hit["created_at"])),
        *evidence_rows(hit["evidence"]),
    ]
