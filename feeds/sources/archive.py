"""Read the one member of a zipped roll, with limits that no file can talk its way past."""

import io
import re
import struct
import zipfile
import zlib
from typing import IO, Any, BinaryIO, Final, NoReturn

from feeds.sources.rows import FileFault

ZIP_MAGIC: Final = b"PK\x03\x04"
# Zip keeps its list of members at its end, so the compressed bytes are held; in memory, never on disk.
LARGEST_COMPRESSED_BYTES: Final = 64 * 1024**2
LARGEST_MEMBER_BYTES: Final = 512 * 1024**2
LARGEST_RATIO: Final = 20
MEMBER_NAME = re.compile(r"C_NOMIS_OFFENDER_[0-9]{8}_[0-9]{2}\.dat")
ENCRYPTED_FLAG: Final = 0x1
# The record at a zip's end: its magic, how many members there are, how large their list is, and no comment.
END_RECORD: Final = struct.Struct("<4s6xHL6x")
END_MAGIC: Final = b"PK\x05\x06"
LARGE_END_MAGIC: Final = b"PK\x06\x07"
LARGE_END_BYTES: Final = 20
LARGEST_LIST_BYTES: Final = 1024
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    OverflowError,
)
PIECE_BYTES: Final = 262_144
SEND_PLAIN_ZIP: Final = "send a plain zip that holds the one .dat file, or the .dat file itself"


def opened(stream: BinaryIO) -> BinaryIO:
    """Return the stream itself, or the one member of the zip that it is.

    Raises: FileFault Z-01 to Z-05, here or while the member is read.
    Source: feeds.md 3; security.md 4.3.
    """
    beginning = _read_up_to(stream, len(ZIP_MAGIC))
    if beginning != ZIP_MAGIC:
        return io.BufferedReader(_Rejoined(beginning, stream), PIECE_BYTES)
    compressed = _read_up_to(stream, LARGEST_COMPRESSED_BYTES + 1, beginning)
    if len(compressed) > LARGEST_COMPRESSED_BYTES:
        _refuse("Z-03", f"the zip is larger than {LARGEST_COMPRESSED_BYTES} bytes")
    _check_end_record(compressed)
    try:
        archive = zipfile.ZipFile(io.BytesIO(compressed))
        member = _only_member(archive)
        return io.BufferedReader(_Member(archive.open(member), compressed_bytes=member.compress_size))
    except DAMAGE:
        _refuse("Z-02", "the zip is damaged")


def _check_end_record(compressed: bytes) -> None:
    # The library reads the whole list of members before it tells their number: a zip of nothing but a million
    # names would fill the memory. A comment or the form for very large zips could show it another list than us.
    end = compressed[-END_RECORD.size :]
    if len(end) < END_RECORD.size or not end.startswith(END_MAGIC) or not end.endswith(b"\0\0"):
        _refuse("Z-02", "the zip is damaged, or a comment stands at its end")
    _, members, list_bytes = END_RECORD.unpack(end)
    if members != 1:
        _refuse_members(members)
    locator = compressed[: -END_RECORD.size][-LARGE_END_BYTES:]
    if list_bytes > LARGEST_LIST_BYTES or locator.startswith(LARGE_END_MAGIC):
        _refuse("Z-04", "the zip's list of members is larger than one member needs")


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) != 1:
        _refuse_members(len(members))
    member = members[0]
    if MEMBER_NAME.fullmatch(member.filename) is None:
        _refuse("Z-01", "the zip's member is not named C_NOMIS_OFFENDER_ddMMyyyy_NN.dat")
    if member.flag_bits & ENCRYPTED_FLAG or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        _refuse("Z-04", "the zip's member has a password or an unusual compression")
    if member.file_size > LARGEST_MEMBER_BYTES:
        _refuse("Z-03", f"the zip's member is larger than {LARGEST_MEMBER_BYTES} bytes")
    if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        _refuse("Z-05", f"the zip's member is packed more than {LARGEST_RATIO} to 1")
    return member


def _read_up_to(stream: BinaryIO, size: int, beginning: bytes = b"") -> bytes:
    # An unbuffered stream may give less than was asked for long before its end.
    gathered = bytearray(beginning)
    while len(gathered) < size and (piece := stream.read(min(size - len(gathered), PIECE_BYTES))):
        gathered += piece
    return bytes(gathered)


class _Rejoined(io.RawIOBase):
    """A stream of which the beginning was already read."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._beginning = beginning
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._beginning[: len(buffer)] or self._rest.read(len(buffer))
        self._beginning = self._beginning[len(data) :]
        buffer[: len(data)] = data
        return len(data)


class _Member(io.RawIOBase):
    """The member's bytes, counted: a header may state less than what comes."""

    def __init__(self, member: IO[bytes], *, compressed_bytes: int) -> None:
        super().__init__()
        self._member = member
        self._most = min(LARGEST_MEMBER_BYTES, LARGEST_RATIO * max(compressed_bytes, 1))
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._member.read(len(buffer))
        except DAMAGE:
            _refuse("Z-02", "the zip is damaged")
        self._count += len(data)
        if self._count > self._most:
            _refuse("Z-05", f"the zip's member is packed more than {LARGEST_RATIO} to 1")
        buffer[: len(data)] = data
        return len(data)


def _refuse_members(count: int) -> NoReturn:
    _refuse("Z-01", f"the zip holds {count} members, expected one C_NOMIS_OFFENDER_ddMMyyyy_NN.dat")


def _refuse(code: str, message: str) -> NoReturn:
    raise FileFault(code, message, SEND_PLAIN_ZIP)
