"""What a synthetic seed was made from, and which seeds were made from this one."""

import streamlit as st

from dashboard import session
from dashboard.augmentation_form import AUGMENT, KINDS
from dashboard.rows import ChildSeed, SeedDetail, SyntheticOrigin
from dashboard.wording import escaped, name, plural

MOST_LINKS = 8


def draw(seed: SeedDetail) -> None:
    """Both, where there is something to say; and the way to make more of an accepted seed."""
    if (origin := seed["synthetic"]) is not None:
        _origin(origin)
    if seed["children"]:
        _children(seed["id"], seed["children"])
    with st.container(horizontal=True):
        st.page_link(
            "app_pages/lineage.py", label="Lineage", icon=":material/account_tree:",
            query_params={"seed": str(seed["id"])},
        )  # fmt: skip
        if seed["status"] == "accepted" and session.may("curator"):
            st.page_link(
                "app_pages/runs.py", label="Make new seeds from it", icon=":material/forest:",
                query_params={AUGMENT: "1", "seed_id": str(seed["id"])},
            )  # fmt: skip


def _origin(origin: SyntheticOrigin) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":violet-badge[Synthetic]", width="content")
        _link(origin["parent_id"], f"From seed {origin['parent_id']}")
        st.caption(f"{KINDS[origin['kind']]}, by {escaped(origin['endpoint'])}")
    st.caption(
        f"{escaped(origin['why'])}  \nThe model's own answer, a proposal that nothing rests on: "
        f"{escaped(origin['proposed_answer'])}"
    )


def _children(seed_id: int, children: list[ChildSeed]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Made from it:", width="content")
        for child in children[:MOST_LINKS]:
            _link(child["id"], f"Seed {child['id']}, {name(child['status'])}")
        if len(children) > MOST_LINKS:
            st.page_link(
                "app_pages/seeds.py", label=f"All {plural(len(children), 'seed')}",
                query_params={"parent": str(seed_id)},
            )  # fmt: skip


def _link(seed_id: int, label: str) -> None:
    st.page_link(
        "app_pages/seeds.py", label=label, icon=":material/grass:",
        query_params={"seed": str(seed_id)},
    )  # fmt: skip
