"""Officers at the door: as many as a site serves in some seconds, eight at a time."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from access.factors import code_at
from bench.browser import Browser, WrongAnswerError
from bench.page_world import PASSWORD

AT_ONCE: Final = 8
PERIOD_SECONDS: Final = 30
Officer = tuple[str, str]


@dataclass
class Served:
    """What was served in how many seconds, and what went wrong."""

    done: int = 0
    seconds: float = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, error: str = "") -> None:
        """Count one that was served, or an error."""
        with self.lock:
            self.done += not error
            self.errors += [error] if error else []

    @property
    def told(self) -> dict[str, Any]:
        """Return it as JSON can carry it."""
        return {"a_second": self.done / self.seconds, "done": self.done, "errors": self.errors[:5]}


def warm_up(port: int, path: str) -> None:
    """Let every worker of a server load what its first answers need."""
    for _ in range(2 * AT_ONCE):
        browser = Browser(port)
        browser.get(path)
        browser.close()


def sign_ins(port: int, seconds: float, officers: list[Officer]) -> dict[str, Any]:
    """Let one officer after another sign in with password and code and read the morning; each comes once."""
    return _serve((partial(_morning_of, port, *officer) for officer in officers), seconds)


def pages(port: int, seconds: float, cookies: list[list[str]]) -> dict[str, Any]:
    """Let signed-in browsers ask for the first page again and again; without cookies, strangers do."""
    browsers = [Browser(port, {name.encode(): value.encode()}) for name, value in cookies] or [
        Browser(port) for _ in range(AT_ONCE)
    ]
    waiting: queue.SimpleQueue[Browser] = queue.SimpleQueue()
    for browser in browsers:
        waiting.put(browser)

    def ask() -> None:
        browser = waiting.get()
        try:
            browser.get("/")
        finally:
            waiting.put(browser)

    return _serve(itertools.repeat(ask), seconds)


def _morning_of(port: int, username: str, seed: str) -> None:
    browser = Browser(port)
    browser.get("/sign-in/")
    browser.post("/sign-in/", login=username, password=PASSWORD)
    browser.get("/sign-in/code/")
    browser.post("/sign-in/code/", code=code_at(seed, int(time.time()) // PERIOD_SECONDS))
    browser.get("/")
    browser.close()


def _serve(visits: Iterator[Callable[[], None]], seconds: float) -> dict[str, Any]:
    served, turn = Served(), threading.Lock()
    began = time.monotonic()

    def work() -> None:
        while time.monotonic() - began < seconds:
            with turn:
                visit = next(visits, None)
            if visit is None:
                return
            try:
                visit()
            except (WrongAnswerError, OSError) as fault:
                served.note(str(fault))
            else:
                served.note()

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    served.seconds = time.monotonic() - began
    return served.told
