"""The forms in which feeds arrive: one module a form, one line each in SOURCES."""

from types import MappingProxyType
from typing import Final

from feeds.manifest import EnvelopeError, Manifest
from feeds.sources.ppo import PPO
from feeds.sources.prison_roll import PRISON_ROLL
from feeds.sources.rows import FileFault, Known, ParsedRow, Reader, RowFault, Source

__all__ = ["SOURCES", "FileFault", "Known", "ParsedRow", "Reader", "RowFault", "Source", "source_for"]

SOURCES: Final = MappingProxyType({source.feed: source for source in (PPO, PRISON_ROLL)})


def source_for(manifest: Manifest) -> Source:
    """Return the source that reads the manifest's feed.

    Raises: EnvelopeError M-05 when no source does, M-06 when the manifest does not suit the feed.
    """
    source = SOURCES.get(manifest.feed)
    if source is None:
        raise EnvelopeError(
            "M-05",
            thing=f"no such feed is taken; known are {', '.join(sorted(SOURCES))}",
            place="feed",
            cure="state the feed that the file belongs to",
        )
    if manifest.encoding not in source.encodings:
        raise EnvelopeError(
            "M-06",
            thing=f"the feed {source.feed} is taken as {' or '.join(source.encodings)} only",
            place="encoding",
            cure="write the file in that encoding and seal it again",
        )
    if bool(manifest.forces) != source.names_forces:
        needed = "must name" if source.names_forces else "must not name"
        raise EnvelopeError(
            "M-06",
            thing=f"the feed {source.feed} {needed} the forces whose complete lists it holds",
            place="forces",
            cure="seal the file again with the right --forces",
        )
    return source
