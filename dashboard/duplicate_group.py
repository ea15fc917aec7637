"""One group of near-duplicates: each member beside the leader, what differs marked in both."""

from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.heads import detail_head
from dashboard.marked_text import marked_html, marked_parts
from dashboard.notices import explained
from dashboard.rows import DuplicateGroupDetail, DuplicateMember, SeedRow
from dashboard.wording import escaped, name, plural

RESOLVED = "duplicates_resolved"
KINDS = {"copies": "Copies", "variants": "The same words, other numbers"}


def draw(group_id: int) -> None:
    """The page of one group."""
    group = session.api().duplicate_group(group_id)
    detail_head(f"Near-duplicates {group['id']}", "All groups", "group")
    st.caption(
        f"{KINDS[group['kind']]}: {plural(group['size'], 'seed')}, each held against the first. "
        "Marked words are in one text and not in the other; case and punctuation do not count."
    )
    _limits(group)
    if session.may("curator"):
        _dismissal(group)
    for member in group["members"]:
        _side_by_side(group, member)


def _limits(group: DuplicateGroupDetail) -> None:
    if group["members_left"]:
        st.info(
            f"{plural(group['members_left'], 'less similar seed')} more: they are shown, and "
            "decided on, once these are.",
            icon=":material/info:",
        )
    if group["left_out"]:
        st.warning(
            f"The group is full: {plural(group['left_out'], 'more seed')} like the first were "
            "left out. They may be boilerplate rather than duplicates.",
            icon=":material/warning:",
        )


def _dismissal(group: DuplicateGroupDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Not duplicates", icon=":material/call_split:",
            help="Keeps all of them. It holds as long as they read as they do.",
        ):  # fmt: skip
            with explained():
                resolved = session.api().dismiss_duplicates(group["id"], _seen(group), str(uuid4()))
                _done(f"Group {group['id']}: no duplicates.", resolved["batch"])
        if not group["undecided"]:
            st.markdown(":green-badge[decided]")


def _side_by_side(group: DuplicateGroupDetail, member: DuplicateMember) -> None:
    with st.container(border=True):
        left, right = st.columns(2, gap="large")
        with left:
            _head(group, group["leader"], beside=member)
            _marked(group["leader_prompt"], member["leader_changes"])
        with right:
            _head(group, member["seed"], beside=member)
            _marked(member["prompt"], member["changes"])
            if member["changes"] is None:
                st.caption("Too long to mark the words that differ.")


def _marked(text: str, changes: list[tuple[int, int]] | None) -> None:
    st.html(marked_html(marked_parts(text, {"changed": changes or []})))


def _head(group: DuplicateGroupDetail, seed: SeedRow, beside: DuplicateMember) -> None:
    """Whose text it is; the leader stands beside every member, so its button has a key of both."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "app_pages/seeds.py", label=f"Seed {seed['id']}", query_params={"seed": str(seed["id"])}
        )
        st.markdown(" ".join(_badges(seed, beside)), width="stretch")
        if session.may("curator") and seed["status"] != "rejected":
            key = f"keep_{seed['id']}_{beside['seed']['id']}"
            if st.button("Keep this one", icon=":material/check:", key=key):
                _keep(group, seed)
    facts = [seed["source"], seed["domain"], seed["licence"], seed["answer"] and "has an answer"]
    st.caption(" · ".join(escaped(fact) for fact in facts if fact))


def _badges(seed: SeedRow, member: DuplicateMember) -> list[str]:
    badges = [f":gray-badge[{name(seed['status'])}]"]
    if seed["id"] != member["seed"]["id"]:
        return badges
    badges.append(f":blue-badge[{member['similarity']:.0%} alike]")
    if member["numbers_differ"]:
        badges.append(":orange-badge[other numbers]")
    if member["dismissed"]:
        badges.append(":green-badge[no duplicate]")
    return badges


def _keep(group: DuplicateGroupDetail, seed: SeedRow) -> None:
    with explained():
        resolved = session.api().keep_duplicate(group["id"], seed["id"], _seen(group), str(uuid4()))
        rejected = resolved["count"] - bool(resolved["taken_over"])
        taken = [field for field in resolved["taken_over"] if field != "metadata"]
        words = f" It took over their {' and '.join(taken)}." if taken else ""
        _done(
            f"Seed {seed['id']} is kept, {plural(rejected, 'other')} rejected.{words}",
            resolved["batch"],
        )


def _seen(group: DuplicateGroupDetail) -> list[int]:
    return [group["leader"]["id"], *(member["seed"]["id"] for member in group["members"])]


def _done(words: str, batch: str) -> None:
    st.session_state[RESOLVED] = {"words": words, "batch": batch}
    del st.query_params["group"]
    st.rerun()
