"""One training run, live: how far it is, what it waits for or died of, its curves, log, samples."""

import shlex
from datetime import UTC, datetime

import streamlit as st

from dashboard import (
    checkpoint_card,
    session,
    training_attempts,
    training_checks,
    training_curves,
    training_failure,
    training_log,
    training_samples,
)
from dashboard.heads import detail_head
from dashboard.notices import explained
from dashboard.rows.training import TrainingRun
from dashboard.training_logged import logged_of
from dashboard.training_series import Logged, seconds_left
from dashboard.training_words import (
    KINDS,
    OVER,
    manifest_of,
    state_words,
    target_words,
)
from dashboard.wording import ago, duration, escaped

EVERY_SECONDS = 2
PARTS = ("Curves", "Log", "Samples", "Recipe")
FIGURES = (
    ("Reward", "train", "reward", ".3f"),
    ("Accuracy", "train", "reward/correct", ".1%"),
    ("Loss", "train", "loss", ".4g"),
    ("Validation loss", "validation", "eval_loss", ".4g"),
    ("Tokens a second", "train", "tokens_per_second", ",.0f"),
)


def draw(run_id: int) -> None:
    """The page of one run; what moves renews itself while the run goes on."""
    run = session.api().training_run(run_id)
    detail_head(run["name"], "All training runs", "run")
    st.caption(escaped(_described(run)))
    with st.container(horizontal=True, vertical_alignment="center"):
        _links(run)
        training_log.offer(run)
        _cancel(run)
    if run["failure"] is not None:
        training_failure.draw(run["failure"])
    training_attempts.draw(run)
    if run["checkpoint_id"] is not None:
        checkpoint_card.draw(session.api().checkpoint(run["checkpoint_id"]))
    if run["checks"] is not None and run["state"] in ("pending", "checking", "failed"):
        training_checks.draw(run["checks"])
    every = None if run["state"] in OVER else EVERY_SECONDS
    st.fragment(_live, run_every=every)(run["id"], state_words(run))


def _described(run: TrainingRun) -> str:
    kind = KINDS.get(run["kind"], run["kind"])
    where = target_words(run["target"])
    gpus = f" (GPU {', '.join(map(str, run['devices']))})" if run["devices"] else ""
    return (
        f"Run {run['id']}, {kind} by the recipe {run['recipe']['template']}. {where}{gpus}. Begun "
        f"{ago(run['created_at'])} by {run['created_by']}"
    )


def _links(run: TrainingRun) -> None:
    st.page_link(
        "app_pages/exports.py", label=f"Export: {escaped(run['export_name'])}", width="content",
        icon=":material/download:", query_params={"export": str(run["export_id"])},
    )  # fmt: skip
    if run["parent_checkpoint_id"] is not None:
        st.page_link(
            "app_pages/training.py", icon=":material/account_tree:", width="content",
            label=f"Begun from checkpoint {run['parent_checkpoint_id']}",
            query_params={"checkpoint": str(run["parent_checkpoint_id"])},
        )  # fmt: skip


def _cancel(run: TrainingRun) -> None:
    """Asks once more, as what was not saved is lost."""
    if run["state"] in OVER or not session.may("curator"):
        return
    again = run["cancel_asked_at"] is not None
    with st.popover("Cancel again" if again else "Cancel", icon=":material/stop:"):
        st.markdown(
            "Its processes are being ended. Ask again only where nobody follows it any more."
            if again
            else "All its processes are ended. Its files, and the checkpoints it has, stay."
        )
        if st.button("End this run", type="primary", icon=":material/stop:"):
            with explained():
                session.api().cancel_training(run["id"])
                st.rerun()


def _live(run_id: int, state_before: str) -> None:
    """What moves, in one piece; the whole page anew once the state changes."""
    with explained():
        run = session.api().training_run(run_id)
        if state_words(run) != state_before:
            st.rerun()
        logged = logged_of(run_id)
        _notices(run)
        _progress(run, logged)
        part = st.segmented_control(
            "Show", PARTS, default=PARTS[0], required=True, key="training_part",
            label_visibility="collapsed",
        )  # fmt: skip
        if part == "Log":
            training_log.draw(run)
        elif part == "Samples":
            training_samples.draw(run)
        elif part == "Recipe":
            _recipe(run)
        else:
            training_curves.draw(run, logged)


def _progress(run: TrainingRun, logged: Logged) -> None:
    """The bar and the last values."""
    share = min(run["step"] / run["steps"], 1.0) if run["steps"] else 0.0
    st.progress(share, _how_far(run, logged))
    with st.container(horizontal=True):
        for label, kind, metric, form in FIGURES:
            value = run["latest"].get(kind, {}).get(metric)
            if value is not None:
                st.metric(label, format(value, form))


def _notices(run: TrainingRun) -> None:
    if run["note"]:
        st.info(escaped(run["note"]), icon=":material/hourglass_top:")
    manifest = manifest_of(run)
    if run["target"]["where"] == "kubernetes" and manifest is not None and run["state"] not in OVER:
        st.code(shlex.join(["kubectl", "apply", "-f", manifest]), language="bash")
    elif not run["followed"] and run["state"] not in OVER and not run["note"]:
        st.warning("Nobody follows this run just now: its host's worker is silent.")


def _how_far(run: TrainingRun, logged: Logged) -> str:
    said = f"{state_words(run).capitalize()}: step {run['step']:,} of {run['steps']:,}"
    if run["state"] == "running" and run["cancel_asked_at"] is None:
        left = seconds_left(logged, run["steps"], datetime.now(UTC))
        said += f", about {duration(left)} left" if left else ""
    elif run["state"] in OVER and run["finished_at"]:
        said += f", {ago(run['finished_at'])}"
        said += f" by {run['cancelled_by']}" if run["state"] == "cancelled" else ""
    return escaped(said)


def _recipe(run: TrainingRun) -> None:
    changed = run["recipe"]["overrides"]
    st.caption(
        escaped(f"Template {run['recipe']['template']}"),
        help="What was asked for otherwise is listed first.",
    )
    if changed:
        st.markdown("**Otherwise than the template**")
        st.json(changed)
    st.markdown("**All fields**")
    st.json(run["recipe"]["fields"])
    st.caption(escaped(f"Folder on the server: {run['path']}"))
    st.caption(escaped(f"Code version: {run['code_version'] or 'not known yet'}"))
