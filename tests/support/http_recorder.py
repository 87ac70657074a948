"""A server in front of the real one, which notes what it is asked; standard library only.

with Recorder(server.url) as front: … front.url … front.seen
"""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


class Seen(NamedTuple):
    method: str
    path: str
    headers: Dict[str, str]  # names in lower case


class Recorder:
    """Hands requests on to `upstream`; those whose path begins with `unknown` are answered as a server does that has no such page."""

    def __init__(self, upstream: str, unknown: Optional[str] = None):
        self.seen: List[Seen] = []
        parts = urlsplit(upstream)
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                pieces = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    pieces.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(pieces)

            def answer(self) -> None:
                seen.append(Seen(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                body = self.body()
                if unknown and self.path.startswith(unknown):
                    self.reply(404, {"Content-Type": "text/html"}, b"<!doctype html><title>404 Not Found</title>")
                    return
                connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
                handed_on = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                handed_on["Host"] = self.headers["Host"]  # a source may name the address that the client knows
                connection.request(self.command, self.path, body, handed_on)
                response = connection.getresponse()
                content = response.read()
                self.reply(response.status, {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}, content)
                connection.close()

            def reply(self, status: int, headers: Dict[str, str], content: bytes) -> None:
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = answer

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Recorder":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
