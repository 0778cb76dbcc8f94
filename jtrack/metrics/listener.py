"""Answers whoever asks for the metrics: on a private Unix socket, or at an address that only the operators reach.

Never through the site itself. Of the processes that share an address, one answers for all; when it ends the
next takes over.
"""

import fcntl
import socket
import socketserver
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST

PATH: Final = "/metrics"
PATIENCE_SECONDS: Final = 5
Text = Callable[[], bytes]


class Asked(BaseHTTPRequestHandler):
    """Answers one question, and says nothing about the server that does."""

    timeout = PATIENCE_SECONDS
    text: Text

    def do_GET(self) -> None:
        """Answer with the metrics, or that there is nothing here."""
        body, status = (self.text(), HTTPStatus.OK) if self.path == PATH else (b"", HTTPStatus.NOT_FOUND)
        self.send_response_only(status)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Keep no line: a question for metrics every few seconds is no news."""


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def listen(address: str, *, lock: Path, text: Text) -> threading.Thread:
    """Answer at `HOST:PORT` or at the path of a socket, as soon as no other process holds the lock.

    Returns the thread, which ends with the process.
    """
    thread = threading.Thread(target=_serve, args=(address, lock, text), name="metrics", daemon=True)
    thread.start()
    return thread


def _serve(address: str, lock: Path, text: Text) -> None:
    handler = type("Handler", (Asked,), {"text": staticmethod(text)})
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with _server(address, handler) as server:
            server.serve_forever(poll_interval=PATIENCE_SECONDS)


def _server(address: str, handler: type[Asked]) -> socketserver.BaseServer:
    if address.startswith("/"):
        # Whoever left it behind no longer holds the lock.
        Path(address).unlink(missing_ok=True)
        return _Unix(address, handler)
    host, _, port = address.rpartition(":")
    bare = host.strip("[]")
    server = type("Server", (_Tcp,), {"address_family": socket.AF_INET6 if ":" in bare else socket.AF_INET})
    made: socketserver.BaseServer = server((bare, int(port)), handler)
    return made
