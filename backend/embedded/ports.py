"""Free ports on the loopback interface."""

import socket
from collections.abc import Collection

STEP = 10  # from a taken port to the next one tried: neighbours are other parts' defaults


def free_port(wanted: int, but_not: Collection[int] = ()) -> int:
    """`wanted`, or a port near it where that is taken."""
    for port in (*range(wanted, min(wanted + 10 * STEP, 65536), STEP), 0):
        if port not in but_not and (found := _bound(port)) is not None:
            return found
    raise OSError("no port is free")


def is_free(port: int) -> bool:
    """Whether nobody listens on it."""
    return _bound(port) is not None


def _bound(port: int) -> int | None:
    with socket.socket() as probe:
        # As servers do: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return None
        return int(probe.getsockname()[1])
