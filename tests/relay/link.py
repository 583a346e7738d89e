"""A network between a relay and its upstream: up, down, or losing the first answer of a request."""

from __future__ import annotations

import socket
import threading

from tests.relay.relaying import free_port


class Link:
    """Passes connections on while it is up. `loses` how many answers get lost from now on."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.loses = 0
        self.lost = 0
        self._listening: socket.socket | None = None
        self._open: list[socket.socket] = []

    def up(self) -> None:
        """Listen and pass on."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def down(self) -> None:
        """Refuse connections, and end those that are open."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for one in self._open:
            _end(one)
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._open += (client, server)
            threading.Thread(target=self._copy, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _copy(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while data := client.recv(1 << 16):
                server.sendall(data)
        except OSError:
            pass  # one of the two has gone
        _end(server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(1 << 16):
                if self.loses > self.lost:
                    self.lost += 1
                    break  # the upstream has answered, and nobody hears it
                client.sendall(data)
        except OSError:
            pass  # one of the two has gone
        _end(client)
        _end(server)


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already
    one.close()
