"""The columns of the table of seeds."""

import streamlit as st

from dashboard.tables import Columns

COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Seed", width="small", format="%d"),
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
    "verdict": "Verdict",
    "score": st.column_config.ProgressColumn("Score", min_value=0, max_value=1, format="%.2f"),
    "status": "Status",
    "answer": st.column_config.TextColumn("Answer", width="small"),
    "agreement": st.column_config.NumberColumn(
        "Agreement", format="%.2f", help="How often the weak models agree with the key."
    ),
    "margin": st.column_config.NumberColumn(
        "Margin", format="%.2f", help="By how much the reference's first answer leads the second."
    ),
    "open_hits": "Open hits",
    "domain": "Domain",
    "tags": st.column_config.ListColumn("Tags"),
    "source": "Source",
    "licence": "Licence",
}
EDITED: Columns = {
    "id": COLUMNS["id"],
    "prompt": COLUMNS["prompt"],
    "answer": st.column_config.TextColumn("Answer", width="medium", max_chars=20_000),
    "domain": st.column_config.TextColumn("Domain", width="medium", max_chars=500),
    "tags": st.column_config.MultiselectColumn(
        "Tags", options=[], accept_new_options=True, width="medium"
    ),
    "status": "Status",
    "verdict": "Verdict",
    "source": "Source",
}
EDITABLE = ("answer", "domain", "tags")
