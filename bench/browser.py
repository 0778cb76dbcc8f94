"""A browser without a window: one kept connection, cookies and forms, costing as little as a client can."""

import re
import socket
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

TOKEN: Final = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
COOKIE: Final = re.compile(rb"^Set-Cookie: ([^=;\s]+)=([^;\r]*)", re.IGNORECASE | re.MULTILINE)
LENGTH: Final = re.compile(rb"^Content-Length: (\d+)", re.IGNORECASE | re.MULTILINE)
CLOSES: Final = re.compile(rb"^Connection: close", re.IGNORECASE | re.MULTILINE)
ATMOST: Final = 1 << 16
PATIENCE_SECONDS: Final = 60


class WrongAnswerError(Exception):
    """The site answered with another status than the load expects; it counts as an error."""


class HungUpError(Exception):
    """A kept connection was ended before anything of an answer came."""


@dataclass
class Browser:
    """Asks one site, keeps its cookies and the token of the last form."""

    port: int
    cookies: dict[bytes, bytes] = field(default_factory=dict)
    token: str = ""
    _line: socket.socket | None = None

    def get(self, path: str) -> bytes:
        """Return the page at an address.

        Raises: WrongAnswerError.
        """
        return self._ask(f"GET {path} HTTP/1.1\r\n", b"", expects=b"200")

    def post(self, path: str, **values: str) -> None:
        """Send the last form with the values; the site is to send us on.

        Raises: WrongAnswerError.
        """
        body = urlencode({"csrfmiddlewaretoken": self.token, **values}).encode()
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        self._ask(f"POST {path} HTTP/1.1\r\n{kind}Content-Length: {len(body)}\r\n", body, expects=b"302")

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, head: str, body: bytes, *, expects: bytes) -> bytes:
        cookies = b"; ".join(name + b"=" + value for name, value in self.cookies.items())
        cookie = b"Cookie: " + cookies + b"\r\n" if cookies else b""
        asked = head.encode() + b"Host: 127.0.0.1\r\n" + cookie + b"\r\n" + body
        try:
            top, page = self._answer(asked, self._line)
        except HungUpError:
            # A kept connection that the server ended while it lay idle; every browser then takes a new one.
            top, page = self._answer(asked, None)
        if top.split(b" ", 2)[1] != expects:
            raise WrongAnswerError(f"{head.split(' HTTP', maxsplit=1)[0]} answered {top[:30]!r}")
        self.cookies.update(COOKIE.findall(top))
        found = TOKEN.search(page)
        self.token = found.group(1).decode() if found else ""
        return page

    def _answer(self, asked: bytes, kept: socket.socket | None) -> tuple[bytes, bytes]:
        line = kept or socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        self._line = line
        got = self._first(line, asked) if kept else b""
        if not kept:
            line.sendall(asked)
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more(line)
        top, page = got[:end], got[end + 4 :]
        length = LENGTH.search(top)
        if length is None:
            raise WrongAnswerError("an answer without its length")
        while len(page) < int(length.group(1)):
            page += self._more(line)
        if CLOSES.search(top):
            self.close()
        return top, page

    def _first(self, line: socket.socket, asked: bytes) -> bytes:
        try:
            line.sendall(asked)
            got = line.recv(ATMOST)
        except ConnectionError:
            got = b""
        if not got:
            self.close()
            raise HungUpError
        return got

    def _more(self, line: socket.socket) -> bytes:
        part = line.recv(ATMOST)
        if not part:
            self.close()
            raise WrongAnswerError("the site hung up")
        return part
