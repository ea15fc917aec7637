"""All tables in one import, for migrations and for tests."""

from backend.accounts import tables as accounts
from backend.database import Base
from backend.decontamination import tables as decontamination
from backend.domains import tables as domains
from backend.duplicates import tables as duplicates
from backend.endpoints import tables as endpoints
from backend.exports import tables as exports
from backend.guidelines import tables as guidelines
from backend.jobs import tables as jobs
from backend.lineage import tables as lineage
from backend.mixtures import tables as mixtures
from backend.overview import tables as overview
from backend.proposals import tables as proposals
from backend.review import tables as review
from backend.review_queues import tables as review_queues
from backend.rewriting import tables as rewriting
from backend.runs import tables as runs
from backend.scoring import tables as scoring
from backend.seeds import tables as seeds
from backend.takedowns import tables as takedowns
from backend.tokenizers import tables as tokenizers
from backend.traces import tables as traces
from backend.training_runs import tables as training_runs
from backend.views import tables as views

__all__ = [
    "Base", "accounts", "decontamination", "domains", "duplicates", "endpoints", "exports",
    "guidelines", "jobs", "lineage", "mixtures", "overview", "proposals", "review",
    "review_queues", "rewriting", "runs", "scoring", "seeds", "takedowns", "tokenizers", "traces",
    "training_runs", "views",
]  # fmt: skip
