"""The plaintext of a sealed delivery as a stream: decrypted in memory while it is read, checked to its end."""

import hashlib
import io
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, NoReturn

import pyrage

from feeds.manifest import EnvelopeError, Manifest

# How far the decrypting thread may run ahead of the reader: 8 pieces of 256 KB.
PIECE_BYTES: Final = 262_144
PIECES_AHEAD: Final = 8
SEND_AGAIN: Final = "ask the supplier to send the delivery again"


class SealedStream(io.RawIOBase):
    """The plaintext of one sealed delivery, decrypted as it is read and checked to its end."""

    def __init__(
        self, pieces: Iterator[bytes], *, identities: Sequence[Any], manifest: Manifest, most_bytes: int
    ) -> None:
        super().__init__()
        self.complete = False
        self._pieces = pieces
        self._manifest = manifest
        self._most_bytes = most_bytes
        self._sealed_digest = hashlib.sha256()
        self._plain_digest = hashlib.sha256()
        self._plain_bytes = 0
        self._left = memoryview(b"")
        self._pipe = _DecryptingThread(identities)

    def readable(self) -> bool:
        """Return true: a parser may read from it."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer with the next plaintext; 0 bytes only after every check has passed."""
        if not self._left and not self.complete:
            self._left = memoryview(self._next_plaintext())
        size = min(len(self._left), len(buffer))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        """End the decrypting thread; what was not read is lost."""
        if not self.closed:
            self._pipe.abandon()
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next_plaintext(self) -> bytes:
        while True:
            word, data = self._pipe.next_word()
            if word == "plaintext":
                return self._counted(data)
            if word == "hungry":
                self._feed()
            else:
                self._check_end(damaged=word == "failed")
                return b""

    def _feed(self) -> None:
        piece = next(self._pieces, b"")
        self._sealed_digest.update(piece)
        self._pipe.feed(piece)

    def _counted(self, data: bytes) -> bytes:
        self._plain_digest.update(data)
        self._plain_bytes += len(data)
        if self._plain_bytes > self._most_bytes:
            self._fail("E-06", "delivery", f"its plaintext is larger than {self._most_bytes} bytes")
        return data

    def _check_end(self, *, damaged: bool) -> None:
        # Damage shows as a different hash where the whole file can be fetched: say the more certain thing.
        for piece in self._pieces:
            self._sealed_digest.update(piece)
        if self._sealed_digest.hexdigest() != self._manifest.sealed_sha256:
            self._fail("E-02", "sealed_sha256", "the sealed file is not the one that the manifest describes")
        if damaged:
            self._fail("E-04", "sealed file", "it cannot be opened with our key, or it was cut or altered")
        if self._plain_digest.hexdigest() != self._manifest.sha256:
            self._fail("E-05", "sha256", "the plaintext is not the one that the manifest describes")
        self.complete = True

    def _fail(self, code: str, place: str, thing: str) -> NoReturn:
        self._pipe.abandon()
        raise EnvelopeError(code, thing=thing, place=place, cure=SEND_AGAIN)


class _AbandonedError(Exception):
    """Nobody reads any more."""


class _DecryptingThread:
    """Runs pyrage, which pushes, behind a stream, which is pulled. It never touches the pieces' origin."""

    def __init__(self, identities: Sequence[Any]) -> None:
        self._identities = identities
        self._inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._outbox: queue.Queue[tuple[str, bytes]] = queue.Queue(maxsize=PIECES_AHEAD)
        self._abandoned = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="age-decrypt", daemon=True)
        self._thread.start()

    def next_word(self) -> tuple[str, bytes]:
        """Return what the thread says: "plaintext", "hungry", "ended" or "failed"."""
        if self._ended:
            return "failed", b""
        word, data = self._outbox.get()
        if word in {"ended", "failed"}:
            self._ended = True
            self._thread.join()
        return word, data

    def feed(self, piece: bytes) -> None:
        """Hand over the next ciphertext; an empty piece is its end."""
        self._inbox.put(piece)

    def abandon(self) -> None:
        """Make the thread end, whatever it waits for."""
        self._abandoned = True
        self._inbox.put(b"")
        while not self._ended:
            self.next_word()

    def _run(self) -> None:
        writer = _PieceWriter(self._say_plaintext)
        try:
            pyrage.decrypt_io(_FedReader(self._ask), writer, self._identities)
            writer.finish()
        except (pyrage.DecryptError, OSError, ValueError, _AbandonedError):
            self._outbox.put(("failed", b""))
        except BaseException:  # pyrage panics derive from BaseException; the reader must hear of every end
            self._outbox.put(("failed", b""))
            raise
        else:
            self._outbox.put(("ended", b""))

    def _ask(self) -> bytes:
        if self._abandoned:
            return b""
        self._outbox.put(("hungry", b""))
        return self._inbox.get()

    def _say_plaintext(self, data: bytes) -> None:
        if self._abandoned:
            raise _AbandonedError
        self._outbox.put(("plaintext", data))


class _FedReader:
    """The ciphertext as pyrage reads it: as many bytes as it asks for, fetched piece by piece."""

    def __init__(self, ask: Callable[[], bytes]) -> None:
        self._ask = ask
        self._left = memoryview(b"")
        self._at_end = False

    def read(self, size: int) -> bytes:
        if not self._left and not self._at_end:
            self._left = memoryview(self._ask())
            self._at_end = not self._left
        taken, self._left = self._left[:size], self._left[size:]
        return bytes(taken)


class _PieceWriter:
    """Gathers pyrage's small writes into pieces worth a change of thread."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self._say = say
        self._gathered = bytearray()

    def write(self, data: bytes) -> int:
        self._gathered += data
        if len(self._gathered) >= PIECE_BYTES:
            self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: pyrage flushes at its end, where finish() follows."""

    def finish(self) -> None:
        if self._gathered:
            self._say(bytes(self._gathered))
            self._gathered.clear()
