"""What gunicorn itself logs, in the form and with the silence of the site's own lines."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from jtrack import env
from jtrack.logging import FORMS, TEXT_FORMAT, JsonFormatter, QuietFormatter


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn comes without types
    """Gunicorn's logger with our formatter: left alone it quotes a broken request, and whatever name stands in it."""

    def setup(self, cfg: Any) -> None:
        """Let every handler of gunicorn's write as the site does."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(env.choice("JTRACK_LOG_FORMAT", allowed=FORMS, default=FORMS[0])))


def formatter(form: str) -> logging.Formatter:
    """Return the formatter of `text` or `json` lines."""
    return JsonFormatter() if form == "json" else QuietFormatter(TEXT_FORMAT, style="{")
