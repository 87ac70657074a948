"""A proxy between a client and a server that counts what passes and cuts it at a byte. Standard library only."""

import contextlib
import fcntl
import socket
import struct
import termios
import threading
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional

PIECE = 1 << 16
UP, DOWN = "up", "down"  # to the server, to the client


def endpoint_in_hex(address: tuple) -> str:
    """127.0.0.1, 80 as /proc/net/tcp writes it: 0100007F:0050."""
    return "%08X:%04X" % (struct.unpack("=I", socket.inet_aton(address[0]))[0], address[1])


def unread(connection: socket.socket) -> int:
    """How many bytes written to a connection within this machine the program at its other end has not read yet: the kernel's two queues
    (tcp(7), SIOCOUTQ; proc(5), rx_queue)."""
    sent = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]
    other_end = [endpoint_in_hex(connection.getpeername()), endpoint_in_hex(connection.getsockname())]
    for line in Path("/proc/net/tcp").read_text().splitlines():
        words = line.split()
        if words[1:3] == other_end:
            return sent + int(words[4].split(":")[1], 16)
    return sent


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
        """When `count` more bytes have passed in a direction nothing passes any more: when they have been read at the other end `then` is
        called, and every connection is reset. Later ones are served again. The event is set at the end of it. One cut at a time."""
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

    @staticmethod
    def _await_reader(sink: socket.socket) -> None:
        end = time.monotonic() + 30
        while unread(sink) > 0 and time.monotonic() < end:
            time.sleep(0.002)

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
                    self._await_reader(sink)
                    cut[2]()
                    self._reset(direction)
                    cut[3].set()
                    return
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
