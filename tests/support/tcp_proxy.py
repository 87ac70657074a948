"""A proxy between a client and a server that counts what passes and cuts it at a byte. Standard library only."""

import contextlib
import socket
import struct
import threading
from typing import Callable, Dict, List, Optional

PIECE = 1 << 16
UP, DOWN = "up", "down"  # to the server, to the client


class Proxy:
    """Listens on a free port; `target` is (host, port) of the server and may change. `passed` counts bytes by direction."""

    def __init__(self, host: str, port: int):
        self.target = (host, port)
        self.passed = {UP: 0, DOWN: 0}
        self._lock = threading.Lock()
        self._cut: Optional[tuple] = None
        self._open: Dict[str, List[socket.socket]] = {UP: [], DOWN: []}  # by the direction in which they are written to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, direction: str, count: int, then: Callable[[], None] = lambda: None) -> threading.Event:
        """When `count` more bytes have passed in a direction nothing passes any more: `then` is called, and every connection is reset,
        after what has passed has arrived. Later ones are served again. The event is set at the end of it. One cut at a time."""
        done = threading.Event()
        with self._lock:
            self._cut = (direction, self.passed[direction] + count, then, done)
        return done

    def close(self) -> None:
        self._listener.close()
        self._reset(UP)

    def _reset(self, direction: str) -> None:
        """Ends every connection: towards `direction` when what was sent has arrived, on the other side at once."""
        with self._lock:
            ended, self._open = self._open, {UP: [], DOWN: []}
        for towards, connections in ended.items():
            for connection in connections:
                with contextlib.suppress(OSError):
                    if towards != direction:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.shutdown(socket.SHUT_RD)  # wakes the thread that reads from it
                with contextlib.suppress(OSError):
                    connection.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            for connection in (client, server):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open[UP].append(server)
                self._open[DOWN].append(client)
            threading.Thread(target=self._pass, args=(client, server, UP), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, DOWN), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, direction: str) -> None:
        with contextlib.suppress(OSError):
            while True:
                with self._lock:
                    allowed = PIECE if self._cut is None or self._cut[0] != direction else min(PIECE, self._cut[1] - self.passed[direction])
                piece = source.recv(allowed) if allowed > 0 else b""
                if piece:
                    sink.sendall(piece)
                with self._lock:
                    self.passed[direction] += len(piece)
                    cut = self._cut if self._cut is not None and self._cut[0] == direction and self.passed[direction] >= self._cut[1] else None
                    if cut is not None:
                        self._cut = None
                if cut is not None:
                    cut[2]()
                    self._reset(direction)
                    cut[3].set()
                    return
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
