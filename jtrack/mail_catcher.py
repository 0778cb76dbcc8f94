"""A mail server that keeps what it gets in files: for training sites and tests, where no mail may go out.

It speaks the part of SMTP that a sender needs, on this machine only, and keeps one file for each Message-ID,
as mail systems keep one copy.
"""

import asyncio
import hashlib
import os
import socket
import sys
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from jtrack import env
from jtrack.commands import ROOT
from jtrack.home import Home, private_directory
from jtrack.processes import SUPERVISOR, is_alive

HOST = "127.0.0.1"
LOOK_EVERY_SECONDS = 0.2
# Nobody has this address, so that tests can see what becomes of a mail that is not taken.
REFUSED = b"<refused@"
LONGEST_LINE = 4096
LONGEST_MAIL = 1_000_000
ANSWERS = {
    "HELO": "250 catcher",
    "EHLO": "250 catcher",
    "MAIL": "250 go on",
    "RCPT": "250 go on",
    "RSET": "250 forgotten",
    "NOOP": "250 here",
    "QUIT": "221 good-bye",
}


class Catcher:
    """Takes mails and keeps each as a file that only we can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_directory(folder)

    async def serve(self, listener: socket.socket, *, goes_on: Callable[[], bool]) -> None:
        """Take mails as long as the question is answered with yes."""
        server = await asyncio.start_server(self._talk, sock=listener, limit=LONGEST_LINE)
        async with server:
            while goes_on():  # noqa: ASYNC110 – what ends us, another process's death, rings no bell here
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.LimitOverrunError, ValueError):
            # The sender went, or sent what is no mail: it tries again or does not, the next one is not disturbed.
            return
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 catcher\r\n")
        while line := await reader.readline():
            word = line[:4].decode("ascii", errors="replace").upper()
            if word == "DATA":
                writer.write(b"354 end with a dot\r\n")
                self.keep(await _mail(reader))
                writer.write(b"250 kept\r\n")
            elif word == "RCPT" and REFUSED in line:
                writer.write(b"550 nobody here\r\n")
            else:
                writer.write(f"{ANSWERS.get(word, '502 not known here')}\r\n".encode("ascii"))
            await writer.drain()
            if word == "QUIT":
                return

    def keep(self, mail: bytes) -> None:
        """Keep a mail; another copy of the same name changes nothing."""
        name = str(message_from_bytes(mail)["Message-ID"] or hashlib.sha256(mail).hexdigest())
        file = self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.eml"
        if file.exists():
            return
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(mail)
        fresh.replace(file)


async def _mail(reader: asyncio.StreamReader) -> bytes:
    """Return the lines up to the lone dot, without the dots that the sender doubled."""
    lines: list[bytes] = []
    size = 0
    while (line := await reader.readline()) not in (b".\r\n", b""):
        size += len(line)
        if size > LONGEST_MAIL:
            raise ValueError("the mail is too long")
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine; port 0 takes a free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen()
    return listener


def main() -> int:
    """Take mails on the port that is named until the run ends."""
    home = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    asyncio.run(Catcher(home.mail).serve(listen(int(sys.argv[1])), goes_on=lambda: is_alive(supervisor)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
