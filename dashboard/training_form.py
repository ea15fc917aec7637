"""The form of a new run: data, recipe, place; its checks; and the button that starts it."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from dashboard import (
    finder,
    session,
    training_checks,
    training_fields,
    training_source,
    training_target,
)
from dashboard.api import ApiDown, ApiError, SignedOut
from dashboard.heads import detail_head
from dashboard.rows.training import RecipeTemplate, TrainingRun
from dashboard.training_source import Source
from dashboard.training_words import FORMAT_OF
from dashboard.wording import escaped

NEW: Final = "new"
PARAMETERS: Final = (NEW, "export", "version", "from")
_OVERRIDES: Final = "recipe.overrides."
Json = dict[str, Any]


def draw() -> None:
    """The whole form."""
    detail_head("Train", "All training runs", *PARAMETERS)
    if not session.may("curator"):
        st.info("Curators start training runs.", icon=":material/lock:")
        return
    st.markdown("**Data**")
    before = _run_before()
    source = _source(before)
    if source is None:
        return
    plan = _plan(source, before)
    if plan is not None:
        _check_and_start(source, plan)


def _number(parameter: str) -> int | None:
    text = st.query_params.get(parameter, "")
    return int(text) if text.isdecimal() else None


def _run_before() -> TrainingRun | None:
    """The run whose checkpoint the page's address names: what it was is chosen at first."""
    asked = _number("from")
    if asked is None:
        return None
    return session.api().training_run(session.api().checkpoint(asked)["run_id"])


def _source(before: TrainingRun | None) -> Source | None:
    export_id, version_id = _number("export"), _number("version")
    if before is None or export_id is not None or version_id is not None:
        return training_source.choose(export_id, version_id)
    version = session.api().export(before["export_id"]).get("version_id")
    return training_source.choose(before["export_id"], None, beside=version, kind=before["kind"])


def _plan(source: Source, before: TrainingRun | None) -> Json | None:
    faults, tried = _faults()
    st.markdown("**Recipe**")
    templates = [t for t in session.api().training_recipes() if t["kind"] == source.kind]
    names = {one["name"]: one for one in templates}
    of_before = None if before is None else before["recipe"]["template"]
    chosen = st.selectbox(
        "Template", list(names), index=list(names).index(of_before) if of_before in names else 0,
        format_func=lambda name: f"{name}: {names[name]['title']}",
        key=f"training_template_{source.kind}",
    )  # fmt: skip
    if chosen is None:
        st.info("There is no recipe for this kind of data.", icon=":material/info:")
        return None
    template: RecipeTemplate = names[chosen]
    with st.columns(training_fields.COLUMNS)[0]:
        checkpoint_id = _checkpoint()
    overrides = training_fields.draw(
        template,
        {
            field.removeprefix(_OVERRIDES): text
            for field, text in faults.items()
            if field.startswith(_OVERRIDES)
        },
        tried,
        with_model=checkpoint_id is None,
    )
    st.markdown("**Place**")
    target = training_target.draw(faults)
    name = st.text_input("Name of the run", f"{source.label}, {chosen}", max_chars=100,
                         key=f"training_name_{source.label}_{chosen}")  # fmt: skip
    plan = {
        "name": name.strip(), "recipe": {"template": chosen, "overrides": overrides},
        "target": target,
    }  # fmt: skip
    return plan if checkpoint_id is None else {**plan, "checkpoint_id": checkpoint_id}


def _checkpoint() -> int | None:
    """Which checkpoint's weights it begins from, in place of the recipe's model."""
    api = session.api()
    checkpoints = finder.Kind(
        "checkpoint", lambda typed, after: api.checkpoints(matching=typed, after=after),
        api.checkpoint, lambda one: f"checkpoint {one['id']} of {one['run_name']}",
        lambda one: bool(one["is_there"]), label="Begin from",
    )  # fmt: skip
    chosen = finder.choose(
        st.container(), checkpoints, "training_from", asked=_number("from"), begun=False,
        placeholder="the recipe's model",
    )  # fmt: skip
    return None if chosen is None else int(chosen["id"])


def _check_and_start(source: Source, plan: Json) -> None:
    known = _known(source, plan)
    checks = known.get("checks")
    if message := known.get("message"):
        st.error(escaped(message), icon=":material/error:")
    if checks is not None:
        training_checks.draw(checks)
    exports = source.export_id is None
    refused = (checks is not None and not checks["ok"]) or not plan["name"]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Check", icon=":material/fact_check:", disabled=exports,
            help="A worker looks whether it can be trained, and what it takes.",
        ):  # fmt: skip
            _check(source, plan)
        label = "Export and train" if exports else "Start"
        if st.button(label, type="primary", icon=":material/play_arrow:", disabled=refused):
            _start(source, plan)
        st.caption(
            "The run waits for its export, is checked then, and starts if no check finds an error."
            if exports
            else "A run that was not checked here is checked before it starts."
        )


def _check(source: Source, plan: Json) -> None:
    asked = {key: value for key, value in plan.items() if key != "name"}
    with st.spinner("A worker checks the plan"):
        try:
            checks = session.api().check_training({**asked, "export_id": source.export_id})
            _remember(source, plan, checks=checks)
        except (ApiDown, SignedOut):
            raise
        except ApiError as error:
            _remember(source, plan, message=_rest(error), faults=error.fields)
    st.rerun()


def _start(source: Source, plan: Json) -> None:
    try:
        run = session.api().start_training({**plan, "export_id": _export_of(source, plan)})
    except (ApiDown, SignedOut):
        raise
    except ApiError as error:
        if "export_id" in error.fields:  # it has failed: another try needs another one
            st.session_state.pop("training_exports", None)
        _remember(source, plan, message=_rest(error), faults=error.fields)
        st.rerun()
    st.session_state.pop("training_exports", None)
    st.session_state.pop("training_known", None)
    for parameter in PARAMETERS:
        st.query_params.pop(parameter, None)
    st.query_params["run"] = str(run["id"])
    st.rerun()


def _export_of(source: Source, plan: Json) -> int:
    """The export; of a version it is begun here, once, also where the run is refused after it."""
    if source.export_id is not None:
        return source.export_id
    assert source.version_id is not None
    begun: dict[tuple[int, str], int] = st.session_state.setdefault("training_exports", {})
    what = (source.version_id, source.kind)
    if what not in begun:
        order = {"name": plan["name"][:100], "format": FORMAT_OF[source.kind], "kind": "parquet"}
        begun[what] = session.api().start_version_export(source.version_id, order)["id"]
    return begun[what]


def _remember(
    source: Source,
    plan: Json,
    *,
    checks: Any = None,
    message: str | None = None,
    faults: Mapping[str, str] | None = None,
) -> None:
    """What was said of this very plan; it says nothing of another."""
    st.session_state["training_known"] = {
        "of": (source, plan), "checks": checks, "message": message, "faults": dict(faults or {}),
    }  # fmt: skip


def _known(source: Source, plan: Json) -> Json:
    known: Json = st.session_state.get("training_known", {})
    return known if known.get("of") == (source, plan) else {}


def _faults() -> tuple[dict[str, str], Json]:
    """What was wrong with which field at the last try, and what was otherwise than the template."""
    known: Json = st.session_state.get("training_known", {})
    if not known:
        return {}, {}
    _, plan = known["of"]
    return known["faults"], plan["recipe"]["overrides"]


def _rest(error: ApiError) -> str:
    """What no field of the form shows; where all is at fields, where to look."""
    at_fields = all(
        field.startswith(_OVERRIDES) or field == "target" or field.startswith("target.")
        for field in error.fields
    )
    if error.fields and at_fields:
        return "Some fields are wrong: each says what."
    return str(error)
