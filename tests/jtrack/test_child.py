"""The command lines of the site's processes."""

import pytest

from jtrack.child import PROCESS_OF, command_of


def test_web_listens_on_this_machine_only() -> None:
    command = command_of("web", port=8100)

    assert command[command.index("--bind") + 1] == "127.0.0.1:8100"


@pytest.mark.parametrize("name", sorted(PROCESS_OF))
def test_every_process_has_a_command(name: str) -> None:
    assert command_of(name, port=8000)


def test_unknown_process_is_refused() -> None:
    with pytest.raises(ValueError, match="there are web, worker and beat"):
        command_of("cron", port=8000)
