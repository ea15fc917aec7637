"""Exits with 0 where a worker of this host was seen lately.

python -m workers.health
"""

import socket
import sys

from backend.database import session_scope
from backend.jobs.service import QUIET_WORKER_SECONDS, seconds_since_heartbeat


def main() -> None:
    """Check, say what is wrong, and exit."""
    with session_scope() as session:
        age = seconds_since_heartbeat(session, host=socket.gethostname())
    if age is None or age > QUIET_WORKER_SECONDS:
        sys.exit(f"no heartbeat of this host's worker: {age} s")


if __name__ == "__main__":
    main()
