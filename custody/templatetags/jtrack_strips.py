"""Template tags for the days of the due-out charts: a column or a cell a day, and a block a person."""

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from custody.due_out import Block, Day, Strip

register = template.Library()
COLUMN_WIDTH = 40
CELL_WIDTH, CELL_HEIGHT = 48, 80
FIRST_WEEK = 7


@register.simple_tag
def due_columns(strip: Strip) -> SafeString:
    """Return the 28 columns of the wide strip; each day with releases is a link to the table."""
    weekends = (
        f'<rect class="b-weekend" x="{day.x}" y="{day.y}" width="{COLUMN_WIDTH}" height="{strip.baseline}"/>'
        for day in strip.days
        if day.is_weekend
    )
    axis = f'<path class="l-axis" d="M100 {strip.baseline}H{strip.width}"/>'
    people = f'<g aria-hidden="true"><text class="t-quiet" x="0" y="{strip.baseline - 8}">People</text></g>'
    return _together([*weekends, axis, people, *(_column(day, strip.baseline) for day in strip.days)])


@register.simple_tag
def due_cells(strip: Strip) -> SafeString:
    """Return the four weeks of the phone's grid; each day with releases is a link to the table."""
    return _together([_cell(day, number) for number, day in enumerate(strip.days)])


def _column(day: Day, baseline: float) -> str:
    busy = bool(day.blocks)
    weekday = "t-strong" if day.is_today else "" if busy else "t-quiet"
    words = (
        f'<text class="{"t-strong" if busy else "t-quiet"}" x="{day.middle}" y="{baseline + 18}"'
        f' text-anchor="middle">{escape(day.number)}</text>'
        f'<text class="t-small {weekday}" x="{day.middle}" y="{baseline + 34}"'
        f' text-anchor="middle">{escape(day.weekday)}</text>'
    )
    blocks = "".join(_block(block, block.initials) for block in day.blocks)
    link = _link(day, width=COLUMN_WIDTH, height=baseline + 40) if busy else ""
    return f'<g aria-hidden="true">{blocks}{words}</g>{link}'


def _cell(day: Day, number: int) -> str:
    ground = f'<rect class="b-weekend" x="{day.x}" y="{day.y}" width="{CELL_WIDTH + 1}" height="{CELL_HEIGHT}"/>'
    middle = f'x="{day.cell_middle}" y="14" text-anchor="middle"'
    title = f'<text class="t-quiet" {middle} aria-hidden="true">{day.weekday}</text>'
    busy = bool(day.blocks)
    blocks = "".join(_block(block, _words(day, place)) for place, block in enumerate(day.blocks))
    label = (
        f'<text class="{"t-strong" if busy else "t-quiet"}" x="{day.cell_middle}" y="{day.label_y}"'
        f' text-anchor="middle">{escape(day.number)}</text>'
    )
    return "".join(
        (
            ground if day.is_weekend else "",
            title if number < FIRST_WEEK else "",
            f'<g aria-hidden="true">{blocks}{label}</g>',
            _link(day, width=CELL_WIDTH, height=CELL_HEIGHT) if busy else "",
            f'<path class="l-axis" d="M{day.line_left} {day.height}H{day.line_right}"/>',
        )
    )


def _words(day: Day, place: int) -> str:
    """The uppermost block of a crowded cell counts those who found no room in it."""
    is_last = place == len(day.blocks) - 1
    return f"+{day.unshown + 1}" if is_last and day.unshown else day.blocks[place].initials


def _block(block: Block, words: str) -> str:
    css = "t-small t-on-dark" if block.is_dark else "t-small"
    return (
        f'<rect class="c-{escape(block.certainty)}" x="{block.x}" y="{block.y}"'
        f' width="{block.width}" height="{block.height}"/>'
        f'<text class="{css}" x="{block.middle}" y="{block.baseline}" text-anchor="middle">{escape(words)}</text>'
    )


def _link(day: Day, *, width: float, height: float) -> str:
    place = f'x="{day.x}" y="{day.y}" width="{width}" height="{height}"'
    return f'<a href="#due-table" aria-label="{escape(day.spoken)}"><rect class="b-hit" {place}/></a>'


def _together(parts: list[str]) -> SafeString:
    return format_html_join("", "{}", ((SafeString(part),) for part in parts))
