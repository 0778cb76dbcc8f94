"""Looks at an upload in memory before anything of it is spooled: what is not an age file is dropped unread."""

from typing import Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from feeds.receiving import AGE_HEADER

MANIFEST_FIELD: Final = "manifest"
MANIFEST_BYTES: Final = 64 * 1024


class SealedOnly(FileUploadHandler):
    """Stands before Django's own handlers. Every file but a small manifest must begin as an age file.

    Source: feeds.md 1, "nothing readable on disk".
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand the piece on, or drop the whole file.

        Raises: SkipFile; the form then has no file in that field and says so.
        """
        if self.field_name == MANIFEST_FIELD:
            refused = start + len(raw_data) > MANIFEST_BYTES
        else:
            refused = start == 0 and not raw_data.startswith(AGE_HEADER)
        if refused:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's own signature
        """Leave the making of the file to the handlers behind."""
        return
