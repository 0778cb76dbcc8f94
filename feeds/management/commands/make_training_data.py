"""Make an invented world and write it as sealed deliveries, with the truth of what happened beside them."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feeds import keys
from feeds.training.files import SUPPLIERS, Order, Written, latest_end, write_training_data
from feeds.training.world import Calendar

MOST_DAYS = 366


class Command(BaseCommand):
    """Writes NNN-FEED-YYYYMMDD.age and .manifest.json in order of delivery, suppliers.json and truth.age."""

    help = "Make invented training data: sealed deliveries of an invented England and Wales."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size, the seed and the days."""
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument("--scale", type=float, default=0.05, help="1 is the size of England and Wales.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same world.")
        parser.add_argument("--days", type=int, default=28, help="How many daily rolls.")
        parser.add_argument("--end", type=date.fromisoformat, metavar="YYYY-MM-DD", help="Day of the last roll.")
        parser.add_argument("--corrections", type=int, default=0, help="How many rolls are sent wrong, then right.")
        parser.add_argument("--dirt", type=float, default=0.0, metavar="RATE", help="Share of soiled prison rows.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the data and say what was made. Raises: CommandError, saying what to mend."""
        order = self._order(options)
        options["out"].mkdir(parents=True, exist_ok=True)
        if any(options["out"].glob("*.age")):
            raise CommandError(f"The folder {options['out'].name} already holds deliveries; choose an empty one.")
        calendar = order.calendar
        self.stdout.write(
            f"Making {calendar.days} days to {calendar.end:%d/%m/%Y} at scale {order.scale:g}, seed {order.seed}."
        )
        self.stdout.write(_told(write_training_data(order, options["out"])))

    def _order(self, options: dict[str, Any]) -> Order:
        if not 0 < options["scale"] <= 1 or not 0 <= options["dirt"] <= 1 or not 0 < options["days"] <= MOST_DAYS:
            raise CommandError(f"--scale lies above 0 and up to 1, --dirt in 0 to 1, --days in 1 to {MOST_DAYS}.")
        if not 0 <= options["corrections"] < options["days"]:
            raise CommandError("--corrections lies in 0 to the number of days, less one: the first roll is right.")
        latest = latest_end(timezone.now())
        end = options["end"] or latest
        if end > latest:
            raise CommandError("The last roll would lie in the future; choose an earlier --end.")
        try:
            signing_keys = {name: _signing_key(name) for name in SUPPLIERS.values()}
            return_keys = {name: _return_key(name) for name in SUPPLIERS.values()}
            recipients = (keys.service_recipient(),)
        except keys.FeedKeyError as problem:
            raise CommandError(str(problem)) from problem
        return Order(
            scale=options["scale"],
            seed=options["seed"],
            calendar=Calendar(end=end, days=options["days"]),
            recipients=recipients,
            signing_keys=signing_keys,
            dirt_rate=options["dirt"],
            corrections=options["corrections"],
            return_keys=return_keys,
        )


def _signing_key(supplier: str) -> Ed25519PrivateKey:
    return keys.make_signing_key(_folder() / f"{supplier}.ed25519")


def _return_key(supplier: str) -> str:
    """Return the key to which rows go back; its identity stays here, so that trainees can open what came back."""
    folder = _folder() / supplier
    folder.mkdir(mode=0o700, exist_ok=True)
    return keys.make_service_keys(folder)


def _folder() -> Path:
    directory: Path = settings.KEYS_DIRECTORY / "training"
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def _told(written: Written) -> str:
    lines = [f"{'event':<26}{'true':>8}{'observable':>12}"]
    lines += [
        f"{kind:<26}{written.events[kind]:>8}{written.observable.get(kind, 0):>12}" for kind in sorted(written.events)
    ]
    lines += ["", f"{'hard case':<34}{'in the files':>12}"]
    lines += [f"{case.replace('_', ' '):<34}{count:>12}" for case, count in written.hard_cases.items()]
    lines.append(
        f"Wrote {written.deliveries} deliveries: up to {written.largest_roll} people in custody,"
        f" {written.adoptions} adoptions in the last PPO file."
    )
    return "\n".join(lines)
