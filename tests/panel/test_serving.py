"""What a panel listens on."""

import socket

from tallypost.panel.serving import UNHEARD_MS, listening


def test_a_phone_that_left_without_a_word_is_not_waited_for() -> None:
    with listening("127.0.0.1:0") as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                told = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert told == UNHEARD_MS
