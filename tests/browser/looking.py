"""Looks at a page as a person and as axe would, at both widths, and keeps a picture of it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from jtrack.commands import ROOT

SHOTS = ROOT / ".jtrack" / "shots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 375)
HEIGHT = 900
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach((part) => { part.open = true })"
RUN_AXE = """async (standards) => {
    const found = await axe.run(document, {
        runOnly: { type: 'tag', values: standards }, resultTypes: ['violations'], preload: false,
    })
    return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}"""
# A cell, a frame or a chart's words of which a part cannot be seen. What is one pixel wide is for screen readers.
CUT_OFF = """() => {
    const told = (thing, element) =>
        `${thing}: ${(element.textContent || element.className).trim().replace(/\\s+/g, ' ').slice(0, 60)}`
    const clipped = (element) => element && (element.clientWidth === 1 || clipped(element.parentElement))
    const seen = (element) => element.getClientRects().length > 0 && !clipped(element)
    const found = []
    for (const cell of document.querySelectorAll('th, td')) {
        if (seen(cell) && cell.scrollWidth > cell.clientWidth + 1) found.push(told('a cell is cut off', cell))
    }
    if (window.innerWidth > 1000) {
        for (const frame of document.querySelectorAll('.jt-scroll, .jt-figure__scroll')) {
            if (frame.scrollWidth > frame.clientWidth + 1) found.push(told('a frame scrolls', frame))
        }
    }
    for (const chart of document.querySelectorAll('svg.jt-chart')) {
        if (!seen(chart)) continue
        const room = chart.getBoundingClientRect()
        for (const words of chart.querySelectorAll('text')) {
            const box = words.getBoundingClientRect()
            if (box.left < room.left - 2 || box.right > room.right + 2) found.push(told('words leave the chart', words))
        }
    }
    return found
}"""


class FaultyPageError(AssertionError):
    """A page that cannot be used as it should, with everything that is wrong with it."""


def look_at(page: Page, address: str, *, name: str, state: str = "normal") -> None:
    """Open a page at both widths, keep its pictures and check it.

    Raises: FaultyPageError listing what axe found, what is cut off and what scrolls sideways.
    """
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(address)
        faults += _faults(page, name=name, state=state, width=width)
    _complain(faults)


def look_here(page: Page, *, name: str, state: str) -> None:
    """Check the page that stands open, which following a link would not show again; for answers to forms."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += _faults(page, name=name, state=state, width=width)
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    _complain(faults)


def _faults(page: Page, *, name: str, state: str, width: int) -> list[str]:
    SHOTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{width}-{state}.png", full_page=True)
    found = []
    across = page.evaluate("document.documentElement.scrollWidth")
    if across > width:
        found.append(f"the page is {across} px wide and scrolls sideways")
    page.evaluate(OPEN_DETAILS)
    found += page.evaluate(CUT_OFF)
    found += axe_violations(page)
    return [f"{name} {state} at {width}: {fault}" for fault in found]


def axe_violations(page: Page) -> list[str]:
    """Return what axe holds against the page, by rule and place."""
    # Given by the debugger's way in: the page's own policy lets no foreign script run.
    page.evaluate(_axe())
    violations: list[Any] = page.evaluate(RUN_AXE, list(STANDARDS))
    return [f"axe: {violation}" for violation in violations]


def _axe() -> str:
    return Path(AXE).read_text(encoding="utf-8")


def _complain(faults: list[str]) -> None:
    if faults:
        raise FaultyPageError("\n".join(faults))
