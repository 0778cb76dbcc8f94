"""The canaries' way through the service: a real worker, a real broker, officers who look, and things that go wrong."""

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from feeds.dropping import MANIFEST_SUFFIX
from feeds.models import Delivery
from feeds.tasks import drop_task, import_task
from jtrack.child import command_of
from jtrack.commands import ROOT
from jtrack.home import Home
from jtrack.processes import unprivileged
from offenders.models import PersonalDetails, Profile
from tests.factories import Desk, SealedFile
from tests.feeds.made_files import HEADER, ppo_line
from tests.personas import LEEDS, PASSWORD, make_person, sign_in
from tests.rules import faulty_task
from tests.rules.canaries import Canary
from tests.rules.canary_files import Files, drop, sealed_files

PATIENCE_SECONDS = 180
CASELOAD = (
    "",
    "?sort=name",
    "?status=in_custody&due=28&sort=-age",
    "?strand=CATCH_AND_CONVICT&mappa=1&prison=LEI&page=2",
)
AsRole = Callable[[str], AbstractContextManager[None]]
Refuse = Callable[[], AbstractContextManager[None]]


@dataclass
class Flight:
    """Where the run's processes write, and the answers that officers were given."""

    home: Home
    folder: Path
    as_role: AsRole
    answers: list[bytes] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    worker: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Make the folders."""
        for folder in (self.logs, self.temporary):
            folder.mkdir()

    @property
    def logs(self) -> Path:
        """What web and worker print."""
        return self.folder / "logs"

    @property
    def temporary(self) -> Path:
        """The temporary folder of both."""
        return self.folder / "temporary"

    def keep(self, answer: object) -> None:
        """Remember what a page answered."""
        self.answers.append(getattr(answer, "content", b""))
        self.statuses.append(getattr(answer, "status_code", 0))


def fly(
    flight: Flight,
    canaries: Sequence[Canary],
    patch: pytest.MonkeyPatch,
    refuse: Callable[[], AbstractContextManager[None]],
    *,
    others: int = 0,
) -> None:
    """Deliver, look and let things go wrong; ``refuse`` makes the trail refuse events while it is open.

    ``others``: how many people of no interest stand in the rolls too.
    """
    patch.setattr(tempfile, "tempdir", str(flight.temporary))
    with ExitStack() as stack:
        stack.enter_context(_printing_to(flight.logs / "web.log"))
        stack.enter_context(_worker(flight))
        with flight.as_role("worker"):
            files = sealed_files(Desk(), canaries, others=others)
        operator = sign_in(make_person("olive", "feed_operator"))
        _deliver(flight, files, operator)
        _overrule(flight, canaries[5])
        officer = sign_in(make_person("leo", "area_officer", place=LEEDS))
        people = [str(pk) for pk in _visible_people(flight)]
        _look(flight, officer, people)
        _look_behind(flight, operator, people)
        _mistype(flight, officer, operator, canaries[0], files)
        _break(flight, officer, _visible_to(officer, people), patch, refuse)
        _fail_in_the_worker(flight, people[0])


@contextmanager
def _printing_to(path: Path) -> Iterator[None]:
    """Let the site's own log handlers write to a file, as those of a web process write to standard error."""
    handlers = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert handlers, "the site's logging has no stream handler"
    with path.open("a", encoding="utf-8") as file:
        before = [handler.setStream(file) for handler in handlers]
        try:
            yield
        finally:
            for handler, stream in zip(handlers, before, strict=True):
                handler.setStream(stream or sys.stderr)


@contextmanager
def _worker(flight: Flight) -> Iterator[None]:
    """Run a Celery worker as the site does, with one more task that fails."""
    command = [*command_of("worker", port=0), "--include", faulty_task.__name__]
    environment = {**os.environ, "JTRACK_PROCESS": "worker", "TMPDIR": str(flight.temporary)}
    with (flight.logs / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            unprivileged(command), cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        flight.worker = process
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _wait(flight: Flight, what: str, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert flight.worker is not None
        assert flight.worker.poll() is None, f"the worker ended; {flight.logs} says why"
        assert time.monotonic() < deadline, f"the worker did not get to this in time: {what}"
        time.sleep(0.1)


def _nothing_waits() -> bool:
    folder = settings.DROP_DIRECTORY
    waiting = Delivery.objects.filter(state=Delivery.State.RECEIVED).exists()
    return not waiting and not any(folder.glob(f"*{MANIFEST_SUFFIX}"))


def _deliver(flight: Flight, files: Files, operator: Client) -> None:
    for number, day in enumerate(files.dropped):
        drop(day, flight.home.drop)
        drop_task.delay()
        _wait(flight, f"day {number + 1} of the drop folder", _nothing_waits)
    drop([files.forged, files.dropped[0][0]], flight.home.drop)
    drop_task.delay()
    _wait(flight, "a forged and a repeated file", _nothing_waits)
    flight.keep(_upload(operator, files.uploaded))
    _wait(flight, "the upload", _nothing_waits)
    flight.keep(_upload(operator, files.held))
    _wait(flight, "a file that is held", _nothing_waits)


def _overrule(flight: Flight, canary: Canary) -> None:
    """Another operator gives a reason that names somebody; the file is held again, for the next of its faults."""
    operator = sign_in(make_person("otto", "feed_operator"))
    address = f"/deliveries/{Delivery.objects.get(state=Delivery.State.WAITING).pk}/"
    reason = f"{canary.surname} of {canary.street} really was released, the prison says"
    flight.keep(operator.post(f"{address}overrule/", {"reason": "too short"}))
    flight.keep(operator.post(f"{address}overrule/", {"reason": reason}))
    _wait(flight, "the overruled file", lambda: Delivery.objects.filter(fence__gt=1, fault_code="G-01").exists())
    flight.keep(operator.get(address))


def _upload(operator: Client, file: SealedFile, sealed: bytes | None = None) -> object:
    return operator.post(
        "/deliveries/upload/",
        {
            "sealed": SimpleUploadedFile("roll.age", file.sealed if sealed is None else sealed),
            "manifest": SimpleUploadedFile("roll.manifest.json", file.manifest.to_json()),
        },
    )


def _visible_people(flight: Flight) -> list[object]:
    with flight.as_role("worker"):
        return list(Profile.objects.exclude(strand="").order_by("pk").values_list("pk", flat=True)[:100])


def _visible_to(officer: Client, people: Sequence[str]) -> str:
    """Return the first of the people whose page the officer may see: some are another area's."""
    return next(person for person in people if officer.get(f"/offenders/{person}/").status_code == HTTPStatus.OK)


def _look(flight: Flight, officer: Client, people: Sequence[str]) -> None:
    supervisor = sign_in(make_person("sue", "area_supervisor", place=LEEDS))
    for browser in (officer, supervisor):
        flight.keep(browser.get("/"))
        for query in CASELOAD:
            flight.keep(browser.get(f"/caseload/{query}"))
    flight.keep(supervisor.get("/caseload/absent/"))
    for person in people[:12]:
        flight.keep(officer.get(f"/offenders/{person}/"))


def _look_behind(flight: Flight, operator: Client, people: Sequence[str]) -> None:
    flight.keep(operator.get("/deliveries/"))
    flight.keep(operator.get("/deliveries/health/"))
    for delivery in Delivery.objects.all():
        for part in ("", "progress/", "returns/"):
            flight.keep(operator.get(f"/deliveries/{delivery.pk}/{part}"))
    reviewer = sign_in(make_person("mat", "match_reviewer"))
    flight.keep(reviewer.get("/matches/"))
    auditor = sign_in(make_person("ann", "assurance"))
    flight.keep(auditor.get("/audit/"))
    for person in people[:3]:
        flight.keep(auditor.get(f"/audit/people/{person}/"))


def _mistype(flight: Flight, officer: Client, operator: Client, canary: Canary, files: Files) -> None:
    """Values typed where none belong: addresses, queries, passwords, files that are not sealed."""
    plain = (HEADER + ppo_line({"surname": canary.surname, "address": canary.street}) * 30_000).encode()
    # Not as the user name: that is looked up as it was typed, for staff's own names are no secret (security.md 1.6).
    stray = {"login": "leo", "password": canary.street, "code": canary.prison_number}
    for answer in (
        officer.get(f"/offenders/{canary.surname}/"),
        officer.get(f"/{canary.prison_number}", {"q": canary.pnc}),
        officer.get("/caseload/", {"prison": canary.postcode, "sort": canary.surname, "page": canary.cro}),
        officer.get("/offenders/", {"surname": canary.surname}),
        officer.post("/caseload/", stray),
        officer.post("/", canary.surname, content_type="application/json"),
        officer.post("/deliveries/upload/", f"--x\r\n{canary.street}", content_type="multipart/form-data; boundary=x"),
        Client().post("/sign-in/", stray),
        Client(enforce_csrf_checks=True).post("/sign-in/", stray),
        Client().post(f"/sign-in/?next=/offenders/{canary.surname}/", {"login": "leo", "password": "not right"}),
        Client().get("/", headers={"host": f"{canary.surname}.example"}),
        _upload(operator, files.uploaded, plain),
        _upload(operator, files.forged),
        _upload(operator, files.uploaded, files.uploaded.sealed[:-300]),
        operator.post("/deliveries/upload/", {"sealed": SimpleUploadedFile("x.age", plain), "manifest": canary.street}),
    ):
        flight.keep(answer)


def _break(
    flight: Flight,
    officer: Client,
    person: str,
    patch: pytest.MonkeyPatch,
    refuse: Refuse,
) -> None:
    """A view that fails with a name in its exception, a trail that refuses, a row that the database refuses."""
    with refuse():
        flight.keep(officer.get(f"/offenders/{person}/"))
        flight.keep(officer.get("/caseload/"))
    officer.raise_request_exception = False
    with patch.context() as broken:
        broken.setattr("custody.views.person_page", _fail)
        flight.keep(officer.get(f"/offenders/{person}/"))
    with flight.as_role("worker"), transaction.atomic():
        details = PersonalDetails.objects.all()[0]
        opened = {name: getattr(details, name) for name in ("surname", "forenames", "date_of_birth", "sex", "aliases")}
        again = PersonalDetails(
            pk=details.pk,
            record_id=details.record_id,
            delivery_id=details.delivery_id,
            valid_at=details.valid_at,
            **opened,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonalDetails.objects.bulk_create([again])


def _fail(profile: Profile, *_: object, **__: object) -> None:
    raise ValueError(f"cannot show {profile.surname}, born {profile.date_of_birth!r}")


def _fail_in_the_worker(flight: Flight, person: str) -> None:
    log = flight.logs / "worker.log"
    import_task.delay("no number at all")
    faulty_task.fail.delay(person)
    _wait(flight, "the task that fails", lambda: log.read_bytes().count(b"Error") >= 2)
    assert PASSWORD.encode() not in log.read_bytes()
