"""The form that registers a model."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.notices import explained

ROLES = {
    "reference": "Reference: answers seeds that came without an answer",
    "weak": "Weak: the model to be taught, or one like it",
    "judge": "Judge: rates seeds by the rubric",
    "teacher": "Teacher: writes what is trained on",
    "embedding": "Embedding: finds translated and reworded benchmark items",
}
EFFORTS = ("minimal", "low", "medium", "high")
TEMPLATES = {
    "step_by_step": "Step by step, answer in a box",
    "answer_only": "Answer only",
    "think_tags": "For traces: thinking between tags",
    "thinking_sections": "For traces: thinking under a heading",
}


def draw() -> None:
    """The form and its button."""
    with st.form("endpoint", border=False):
        left, right = st.columns(2, gap="large")
        with left:
            endpoint = _server()
        with right:
            endpoint |= _price_and_limits()
        endpoint["sampling"] = _sampling()
        if st.form_submit_button("Register", type="primary"):
            with explained():
                session.api().add_endpoint({k: v for k, v in endpoint.items() if v is not None})
                st.rerun()


def _server() -> dict[str, Any]:
    return {
        "name": st.text_input("Name", placeholder="for example SmolLM2 weak"),
        "base_url": st.text_input(
            "Address",
            placeholder="https://api.openai.com/v1",
            help="Of a server that speaks OpenAI's protocol; or vllm: for a model that a worker "
            "with a GPU loads itself.",
        ),
        "model": st.text_input(
            "Model",
            help="The name under which the server knows it. With vllm:, a folder on the worker's "
            "machine or a name on a hub.",
        ),
        "role": st.selectbox("Role", list(ROLES), format_func=lambda role: ROLES[role]),
        "key_variable": st.text_input(
            "Variable that holds the key",
            placeholder="OPENAI_API_KEY; empty: none is needed",
            help="An environment variable of the worker. The key itself is never stored.",
        ).strip()
        or None,
    }


def _price_and_limits() -> dict[str, Any]:
    return {
        "input_price": st.number_input("Dollars per million tokens in", min_value=0.0, value=0.0),
        "output_price": st.number_input("Dollars per million tokens out", min_value=0.0, value=0.0),
        "max_in_flight": st.number_input("Calls at the same time", min_value=1, value=16),
        "requests_per_minute": st.number_input(
            "Requests per minute", min_value=1, value=None, placeholder="no limit"
        ),
        "tokens_per_minute": st.number_input(
            "Tokens per minute", min_value=1, value=None, placeholder="no limit"
        ),
        "uses_batches": st.checkbox(
            "Ask by batches",
            help="OpenAI's Batch API: answers within a day, mostly at half the price. Give the "
            "prices of batches.",
        ),
        **limits_of_a_day(None, None),
    }


def limits_of_a_day(calls: int | None, cost: float | None) -> dict[str, Any]:
    """What a model may be asked and may cost from 00:00 to 24:00 UTC, by all runs together."""
    left, right = st.columns(2)
    waits = "Days are those of UTC. A run that has used one up waits for the next. 0: no limit."
    holds = "All runs together; it holds even if every open call costs its most. 0: no limit."
    return {
        "max_calls_per_day": left.number_input(
            "Most calls a day", min_value=0, value=calls, placeholder="no limit", help=waits
        )
        or None,
        "max_cost_per_day": right.number_input(
            "Most dollars a day", min_value=0.0, value=cost, placeholder="no limit", help=holds
        )
        or None,
    }


def _sampling() -> dict[str, Any]:
    st.markdown("**Sampling**")
    first, second, third, fourth, fifth = st.columns(5)
    settings = {
        "temperature": first.number_input("Temperature", 0.0, 2.0, 0.8, 0.1),
        "top_p": second.number_input("Top p", 0.01, 1.0, None, placeholder="server's own"),
        "max_tokens": third.number_input(
            "Most tokens of an answer", min_value=1, value=1024,
            help="Thinking counts. A raised limit asks again only for what was cut off.",
        ),
        "reasoning_effort": fourth.selectbox(
            "Reasoning effort", EFFORTS, index=None, placeholder="server's own"
        ),
        "template": fifth.selectbox(
            "Instruction", list(TEMPLATES), format_func=lambda t: TEMPLATES[t]
        ),
    }  # fmt: skip
    kept: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
    if st.checkbox("Send no temperature", help="OpenAI's reasoning models refuse one."):
        kept["temperature"] = None
    return kept
