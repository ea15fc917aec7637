import socket

from backend.embedded.ports import free_port


def test_free_port_of_a_free_one_is_that_one() -> None:
    port = free_port(0)
    assert free_port(port) == port


def test_free_port_of_a_taken_one_is_another() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert free_port(taken) != taken


def test_free_port_leaves_out_what_is_promised_to_others() -> None:
    port = free_port(0)
    assert free_port(port, but_not=[port]) != port
