"""Starts the system's own Chromium, without anything in it that calls home."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """Return the path of the browser: that of the variable CHROMIUM, or the system's.

    Raises: RuntimeError saying how to come by one.
    """
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if path := shutil.which(name):
            return path
    raise RuntimeError(
        "The browser tests need Chromium and found none: run `make browser` as an administrator, install your "
        "system's package chromium, or name the program in the variable CHROMIUM."
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run one browser for as long as the block lasts."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = _launched(playwright.chromium, path)
        # The browser's own loop runs in this thread, between our calls and never during them.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
        try:
            yield browser
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            browser.close()


def _launched(kind: BrowserType, path: str) -> Browser:
    """Chromium's sandbox refuses root, and containers often forbid it to others; it sees only our own site."""
    if os.geteuid() != 0:
        try:
            return kind.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=True)
        except Error:
            pass
    return kind.launch(executable_path=path, args=[*FLAGS, "--no-sandbox"])
