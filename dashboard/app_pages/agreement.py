"""Agreement: how far curators agree with each other, and each of them with the verdicts."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.agreement_charts import kappa_plot, pair_rows, verdict_map
from dashboard.drawing import draw_chart
from dashboard.notices import empty, explained
from dashboard.queue_choice import choose_queue
from dashboard.queue_words import interval
from dashboard.rows import AgainstVerdict, CuratorAgreement, QuestionAgreement
from dashboard.rubric_words import RELIABLE, TENTATIVE, reliability
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, plural

QUESTIONS = {"decision": "Decision", "reason": "Reason", "flagged": "Flag"}
ALPHAS: Columns = {
    "question": "Question",
    "alpha": st.column_config.NumberColumn("Alpha", format="%.2f"),
    "interval": "95% interval",
    "word": "Curators are",
    "seeds": st.column_config.NumberColumn("Seeds with two answers", format="localized"),
}
PAIRS: Columns = {
    "first": "Curator",
    "second": "Other curator",
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "percent_agreement": st.column_config.NumberColumn("Alike", format="percent"),
    "kappa": st.column_config.NumberColumn(
        "Kappa", format="%.2f", help="Cohen's: 1 is perfect, 0 what chance would give."
    ),
    "interval": "95% interval",
}
AGAINST: Columns = {
    "curator": "Curator",
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "percent_agreement": st.column_config.NumberColumn("Fits the verdict", format="percent"),
    "kappa": st.column_config.NumberColumn("Kappa", format="%.2f"),
    "interval": "95% interval",
}


def _table(rows: Sequence[Mapping[str, Any]], columns: Columns) -> None:
    st.dataframe(pick(rows, columns), hide_index=True, column_config=columns, placeholder="–")


def _scope(found: CuratorAgreement) -> None:
    newest = "the newest " if found["more"] else ""
    st.caption(
        f"Over {newest}{plural(found['seeds'], 'seed')} on which all opinions are in, disputed "
        "ones too."
    )


def _alphas(found: CuratorAgreement) -> None:
    st.subheader("All curators together", anchor=False)
    rows = [
        {
            **question,
            "question": QUESTIONS[question["name"]],
            "interval": interval(question, "alpha"),
            "word": reliability(question["alpha"]),
        }
        for question in found["questions"]
    ]
    _table(rows, ALPHAS)
    st.caption(
        f"Krippendorff's nominal alpha: from {RELIABLE:g} on reliable, from {TENTATIVE:g} "
        "tentative. Reasons are alike where their words are. A dash: no seed with two answers, "
        "only one answer ever, or, of an interval, no disagreement."
    )


def _pairs(found: CuratorAgreement) -> None:
    by_name = {each["name"]: each for each in found["questions"] if each["pairs"]}
    if not by_name:
        return
    st.subheader("Who agrees with whom", anchor=False)
    name = st.segmented_control(
        "Question", list(by_name), default=next(iter(by_name)), required=True,
        format_func=QUESTIONS.__getitem__, label_visibility="collapsed", key="question",
    )  # fmt: skip
    _pairs_on(by_name[name])


def _pairs_on(question: QuestionAgreement) -> None:
    pairs = question["pairs"]
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        if pair_rows(pairs):
            draw_chart(kappa_plot(pairs), f"Kappa of each pair of curators: {question['name']}")
            st.caption("Bars are 95% intervals; the dashed line is what chance would give.")
        else:
            st.caption("Kappa is undefined: nobody's answers vary.")
    with right:
        _table([{**pair, "interval": interval(pair, "kappa")} for pair in pairs], PAIRS)
        if min(pair["seeds"] for pair in pairs) < 20:
            st.caption("Below some 20 seeds an interval is rather too narrow.")


def _against_verdict(found: Sequence[AgainstVerdict]) -> None:
    if not found:
        return
    st.subheader("Curators against the verdicts", anchor=False)
    left, right = st.columns([1, 1.2], gap="large")
    with right:
        _table([{**row, "interval": interval(row, "kappa")} for row in found], AGAINST)
        st.caption(
            "Accepting fits teachable, rejecting fits any other verdict; unsettled and unscored "
            "seeds are not counted, rewrites neither. A curator who knows better than the "
            "measurement should differ: low is a reason to look, no fault."
        )
    with left:
        index = st.selectbox(
            "Curator", range(len(found)), format_func=lambda i: found[i]["curator"], width=280
        )
        chosen = found[index]
        if chosen["cells"]:
            draw_chart(verdict_map(chosen), f"Decisions of {chosen['curator']} by verdict")
        else:
            st.caption(f"{escaped(chosen['curator'])} has accepted and rejected nothing here.")


def _nothing() -> None:
    empty(
        "Nothing to compare yet",
        "Make a queue in which two curators or more decide each seed. Once both have decided some, "
        "you see here how far they agree.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link("app_pages/queues.py", label="Make a queue", icon=":material/view_list:")


with explained(whole_page=True):
    st.title("Agreement", anchor=False)
    found = session.api().curator_agreement(choose_queue(session.api().review_queues()))
    if not found["seeds"] and not found["against_verdict"]:
        _nothing()
    else:
        if found["seeds"]:
            _scope(found)
            _alphas(found)
            _pairs(found)
        else:
            st.info(
                "No seed has all its opinions yet: curators are compared with the verdicts alone.",
                icon=":material/info:",
            )
        _against_verdict(found["against_verdict"])
