"""Lives through the days of a training world by a clock that stands where it is set: files come, the clock strikes."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from custody.alert_models import Alert
from custody.alerting import deliver_settled, raise_timed
from feeds.dropping import MANIFEST_SUFFIX
from feeds.manifest import Manifest
from offenders.models import Profile
from tests.custody.alert_lives import LONDON
from tests.custody.alert_truth import Key, Reckoning, Timetable
from tests.journeys.world import deliver, files_of

ON_ITS_WAY: Final = timedelta(minutes=10)
# Corrections come while a false move still waits to be told, or hours later; by turns.
CORRECTED_AFTER: Final = (timedelta(minutes=30), timedelta(hours=5, minutes=30))
STRIKES: Final = (time(6, 20), time(7), time(7, 50), time(10), time(14), time(20))
SetClock = Callable[[datetime], None]


def manifests(folder: Path) -> dict[Path, Manifest]:
    """Return the manifest of each sealed file of a world, in the order of their extracts."""
    return {
        file: Manifest.from_json(file.with_name(file.name.removesuffix(".age") + MANIFEST_SUFFIX).read_bytes())
        for file in files_of(folder)
    }


def extracts(folder: Path) -> dict[int, datetime]:
    """Return the moment of each roll by its sequence."""
    return {one.sequence: one.extract_at for one in manifests(folder).values() if one.feed == "prison_roll"}


def timetable(folder: Path) -> Timetable:
    """Return when each roll comes in and when the clock is looked at."""
    came_at = dict(arrivals(folder))
    days = {moment.astimezone(LONDON).date() for moment in came_at.values()}
    strikes = {datetime.combine(day, hour, LONDON) for day in days for hour in STRIKES}
    of_rolls = {one.sequence: came_at[file] for file, one in manifests(folder).items() if one.feed == "prison_roll"}
    return Timetable(of_rolls, sorted(strikes | set(came_at.values())))


def live_through(folder: Path, set_clock: SetClock) -> None:
    """Deliver every file when it comes, and do at each strike what the service does every minute."""
    files = {moment: file for file, moment in arrivals(folder)}
    for moment in timetable(folder).moments:
        set_clock(moment)
        if moment in files:
            deliver([files[moment]])
        raise_timed(moment)
        deliver_settled(moment)


def stored() -> Reckoning:
    """Return the alerts as the service keeps them."""
    numbers = {profile.pk: profile.scheme["numbers"]["prison_number"] for profile in Profile.objects.iterator()}
    found = Reckoning(Counter(), Counter(), Counter())
    columns = ("offender_id", "kind", "area_code", "side", "delivered_at", "late", "withdrawn_at")
    for person, kind, area, side, delivered_at, late, withdrawn_at in Alert.objects.values_list(*columns):
        key: Key = (numbers[person], kind, area, side)
        if withdrawn_at is not None:
            found.withdrawn[key] += delivered_at is not None
        else:
            assert late or delivered_at is not None, "an alert still waits after the last strike"
            (found.late if late else found.told)[key] += 1
    return Reckoning(found.told, found.late, +found.withdrawn)


def arrivals(folder: Path) -> Iterator[tuple[Path, datetime]]:
    """Yield each sealed file with the moment at which it comes in."""
    corrections = 0
    for file, manifest in manifests(folder).items():
        if manifest.corrects is None:
            yield file, manifest.extract_at + ON_ITS_WAY
        else:
            yield file, manifest.extract_at + CORRECTED_AFTER[corrections % len(CORRECTED_AFTER)]
            corrections += 1
