"""What the model wrote while it was trained: the newest first, its thinking folded."""

import streamlit as st

from dashboard import session
from dashboard.marked_text import marked_html
from dashboard.rows.training import TrainingRun, TrainingSample
from dashboard.training_words import split_thinking
from dashboard.wording import plural


def draw(run: TrainingRun) -> None:
    """The last samples of a run."""
    samples = session.api().training_samples(run["id"])["items"]
    if not samples:
        st.caption("None yet. Training writes some as it goes on.")
        return
    seen: dict[int, int] = {}
    for sample in reversed(samples):
        seen[sample["step"]] = seen.get(sample["step"], 0) + 1
        _sample(sample, f"training_sample_{run['id']}_{sample['step']}_{seen[sample['step']]}")


def _sample(sample: TrainingSample, key: str) -> None:
    thinking, answer = split_thinking(sample["text"])
    with st.container(border=True, key=key):
        reward = "" if sample["reward"] is None else f", reward {sample['reward']:+.3f}"
        st.markdown(f"**Step {sample['step']:,}**{reward}")
        st.html(marked_html([(sample["prompt"], "")]))
        if thinking:
            words = plural(len(thinking.split()), "word")
            with st.expander(f"Thinking, {words}", icon=":material/psychology:"):
                st.html(marked_html([(thinking, "")]))
        st.caption("Answer" if answer else "It came to no answer.")
        if answer:
            st.html(marked_html([(answer, "")]))
