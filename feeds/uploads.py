"""Looks at an upload in memory before anything of it is spooled: what is not an age file is dropped unread."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from feeds.receiving import AGE_HEADER

MANIFEST_FIELD: Final = "manifest"
MANIFEST_BYTES: Final = 64 * 1024


class SealedOnly(FileUploadHandler):
    """Stands before Django's own handlers. Every file but a small manifest must begin as an age file.

    ``dropped`` names the fields whose files were. Source: feeds.md 1, "nothing readable on disk".
    """

    def __init__(self, request: Any = None) -> None:
        """Start a request in which nothing was dropped."""
        super().__init__(request)
        self.dropped: list[str] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand the piece on, or drop the whole file.

        Raises: SkipFile; the form then has no file in that field and says so.
        """
        if self.field_name == MANIFEST_FIELD:
            refused = start + len(raw_data) > MANIFEST_BYTES
        else:
            refused = start == 0 and not raw_data.startswith(AGE_HEADER)
        if refused:
            self.dropped.append(self.field_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's own signature
        """Leave the making of the file to the handlers behind."""
        return


def dropped_fields(handlers: Iterable[FileUploadHandler]) -> list[str]:
    """Return the fields of a request whose files were dropped unread."""
    return [field for handler in handlers if isinstance(handler, SealedOnly) for field in handler.dropped]
