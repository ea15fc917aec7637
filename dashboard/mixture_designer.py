"""The designer of one mixture: sliders, what they come to, saving, freezing, ablations."""

from typing import Any

import streamlit as st

from dashboard import mixture_caps, mixture_figures, mixture_form, session
from dashboard.api import ApiError
from dashboard.mixture_draft import Draft, begin, draft_of
from dashboard.notices import explained
from dashboard.rows import SeedValues
from dashboard.rows.mixtures import Mixture, MixtureFigures, Recipe
from dashboard.wording import escaped, plural

FIGURES = "mixture_figures"
JOB = "mixture_job"
ABLATIONS = {
    "in_or_out": ("Ablate: in or out", "A mixture for each cluster, without it, or with it"),
    "up_and_down": ("Ablate: up and down", "Two for each cluster: half and twice its epochs"),
}


@st.fragment
def draw(mixture: Mixture) -> None:
    """The designer; only this part is drawn anew when a slider moves."""
    draft = draft_of(mixture)
    if draft.edition != mixture["edition"]:
        st.warning(
            "Somebody has changed this mixture since you began: your changes cannot be saved. "
            "Discard them to go on from what it is now.",
            icon=":material/sync_problem:",
        )
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        caps = _form(mixture, draft)
        _keep(mixture, draft)
    with right, explained():
        try:
            figures = session.api().preview_mixture(draft.recipe)
        except ApiError as error:
            mixture_caps.tell(caps, error.fields)
            raise
        mixture_caps.show_shares(caps, figures)
        mixture_figures.draw(figures, draft.recipe["context_tokens"], "draft")
        _draw_again_for(mixture, figures)


def _form(mixture: Mixture, draft: Draft) -> mixture_caps.Rows:
    """The widgets; where to say what is wrong with a cap."""
    recipe = draft.recipe
    names = [part["name"] for part in recipe["parts"]]
    chosen = 0
    if len(names) > 1:
        chosen = st.selectbox(
            "Part", range(len(names)), format_func=names.__getitem__,
            key=f"mixture_part_{mixture['id']}",
            help="Each part is mixed under its own rules; they are concatenated.",
        )  # fmt: skip
    part = recipe["parts"][chosen]
    prefix = f"mixture_{mixture['id']}_{draft.drawn}_{chosen}"
    st.subheader("Epochs", anchor=False)
    known = _known(mixture, recipe)
    mixture_form.draw_epochs(part, known["clusters"] if known else [], prefix)
    values = session.api().values()
    with st.expander("Limits of the part" if len(names) > 1 else "Limits", icon=":material/rule:"):
        mixture_form.draw_limits(part, values, prefix)
    with st.expander("Caps of sources and licences", icon=":material/vertical_align_top:"):
        rows = _caps(part, f"parts.{chosen}", known, values, prefix)
    with st.expander("Traces, split, safety and context", icon=":material/tune:"):
        tokenizers = [one["name"] for one in session.api().tokenizers(counts=False)]
        mixture_form.draw_whole(recipe, tokenizers, prefix)
    return rows


def _caps(
    part: Recipe, path: str, known: MixtureFigures | None, values: SeedValues, prefix: str
) -> mixture_caps.Rows:
    sources, licences = (known["sources"], known["licences"]) if known else ([], [])
    rows = mixture_caps.draw(part, path, mixture_caps.SOURCES, sources, prefix, values["sources"])
    st.space("small")
    return rows + mixture_caps.draw(part, path, mixture_caps.LICENCES, licences, prefix, [])


def _known(mixture: Mixture, recipe: Recipe) -> MixtureFigures | None:
    """The last figures: for their clusters there are sliders, and caps are suggested from them."""
    known = st.session_state.get(FIGURES)
    if known is None or known[0] != mixture["id"]:
        with explained():
            known = (mixture["id"], session.api().preview_mixture(recipe))
            st.session_state[FIGURES] = known
    return known[1] if known and known[0] == mixture["id"] else None


def _draw_again_for(mixture: Mixture, figures: MixtureFigures) -> None:
    """Where other limits have brought or taken clusters, their sliders come or go."""
    _, before = st.session_state.get(FIGURES) or (0, None)
    st.session_state[FIGURES] = (mixture["id"], figures)
    if before is None or list(map(_name, before["clusters"])) != list(
        map(_name, figures["clusters"])
    ):
        st.rerun()


def _name(one: Any) -> tuple[Any, ...]:
    return one["part"], one["domain"], one["tier"]


def _keep(mixture: Mixture, draft: Draft) -> None:
    changed = draft.changed
    if not session.may("curator"):
        st.caption("Curators can save a mixture and freeze it.")
        return
    with st.container(horizontal=True):
        if st.button("Save", icon=":material/save:", disabled=not changed, type="primary"):
            _save(mixture, draft)
        if st.button("Discard changes", disabled=not changed):
            begin(mixture)
            st.rerun()
        if st.button(
            "Freeze a version", icon=":material/ac_unit:", disabled=changed,
            help="Save the changes first." if changed else "Nothing that changes later changes it.",
        ):  # fmt: skip
            _freeze(mixture)
    with st.container(horizontal=True):
        for change, (label, about) in ABLATIONS.items():
            if st.button(label, icon=":material/science:", disabled=changed, help=about):
                _ablate(mixture, change)


def _save(mixture: Mixture, draft: Draft) -> None:
    with explained():
        changes = {"edition": draft.edition, "recipe": draft.recipe}
        begin(session.api().change_mixture(mixture["id"], changes))
        st.toast("Saved.", icon=":material/check_circle:")
        st.rerun()


def _freeze(mixture: Mixture) -> None:
    with explained():
        version = session.api().freeze_mixture(mixture["id"])
        title = f"Freezing version {version['number']}"
        st.session_state[JOB] = {"id": version["job_id"], "title": title, "of": mixture["id"]}
        st.rerun()


def _ablate(mixture: Mixture, change: str) -> None:
    with explained():
        made = session.api().make_siblings(mixture["id"], change)
        names = ", ".join(escaped(one["name"]) for one in made[:5])
        more = " …" if len(made) > 5 else ""
        st.success(f"{plural(len(made), 'sibling')}: {names}{more}. They stand under All mixtures.")
