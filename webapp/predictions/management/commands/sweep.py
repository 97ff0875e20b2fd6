"""`manage.py sweep`: bring lost work back to the queue, for as long as the installation runs."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from webapp.predictions.sweep import Swept, round_done, sweep_once

logger = logging.getLogger("webapp.predictions.sweep")

EVERY_SECONDS = 2.0


class Command(BaseCommand):
    """A loop that outlives outages of database and broker."""

    help = "Re-queue predictions whose worker or message was lost (every two seconds; --once for a single round)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if once:
            self._say(sweep_once())
            round_done.send(type(self))
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        away = False
        while not stop.is_set():
            try:
                self._say(sweep_once())
                round_done.send(type(self))
                if away:
                    logger.info("the database is back")
                away = False
            except DatabaseError as error:
                if not away:
                    logger.warning("the database is away, trying on: %s", str(error).splitlines()[0])
                away = True
                connection.close()
            except Exception:  # a supervisor's loop: say it and go on
                logger.exception("a sweep failed")
                connection.close()
            stop.wait(EVERY_SECONDS)

    def _say(self, swept: Swept) -> None:
        if swept != Swept(0, 0, 0):
            self.stdout.write(f"queued again {swept.requeued}, failed {swept.failed}, sent again {swept.resent}")
            self.stdout.flush()
