"""All tables in one import, for migrations and for tests."""

from backend.accounts import tables as accounts
from backend.database import Base
from backend.decontamination import tables as decontamination
from backend.endpoints import tables as endpoints
from backend.exports import tables as exports
from backend.jobs import tables as jobs
from backend.review import tables as review
from backend.runs import tables as runs
from backend.scoring import tables as scoring
from backend.seeds import tables as seeds

__all__ = [
    "Base", "accounts", "decontamination", "endpoints", "exports", "jobs", "review", "runs",
    "scoring", "seeds",
]  # fmt: skip
