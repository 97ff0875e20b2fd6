"""`manage.py up`: everything, under one supervisor, until Ctrl-C."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from webapp.lib.environment import socket_directory
from webapp.lib.packages import HOSTED_PACKAGES, are_installed
from webapp.services import postgres, valkey
from webapp.services.errors import ServiceError
from webapp.services.process import Child
from webapp.services.supervisor import Stop, Supervisor, check_port, python, raise_on_signals, url_answers

SHOWCASE_SECONDS = 60.0  # waited for at most; nothing is revived meanwhile


class Command(BaseCommand):
    """Starts, watches and stops; every failure is one sentence and exit code 1."""

    help = "Start PostgreSQL, Valkey, web server, worker and sweeper, and watch over them."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        raise_on_signals()
        supervisor = Supervisor(settings.HOME, self.stdout)  # type: ignore[arg-type]
        try:
            self._start(supervisor)
            supervisor.watch()
        except Stop:
            pass
        except ServiceError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise CommandError(f"{error.strerror or error}{where}. Check the disk and LOCUSCOPE_HOME.") from None
        finally:
            supervisor.stop()

    def _start(self, supervisor: Supervisor) -> None:
        supervisor.check_home()
        check_port(settings.HOST, settings.PORT)
        self._servers(supervisor)
        self._migrate(supervisor)
        supervisor.say("Reference genome ...")
        call_command("load_reference", stdout=self.stdout)
        connections.close_all()
        self._application(supervisor)
        supervisor.say("The home page's prediction ...")
        try:
            call_command("showcase", timeout=SHOWCASE_SECONDS, stdout=self.stdout)
        except CommandError as error:  # the home page does without until it is there
            supervisor.say(str(error))
        connections.close_all()
        supervisor.say(f"Locuscope is ready: {self._url()}  (Ctrl-C stops it)")

    def _url(self) -> str:
        host = "localhost" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}"

    def _servers(self, supervisor: Supervisor) -> None:
        """The embedded servers, or a check of the operator's own."""
        home, sockets = settings.HOME, socket_directory(settings.HOME)
        if os.environ.get("DATABASE_URL"):
            supervisor.say("PostgreSQL: yours, from DATABASE_URL ...")
            self._reach("DATABASE_URL", lambda: postgres.reachable(settings.DATABASE_URL))
        else:
            first = not (home / "postgres" / "PG_VERSION").exists()
            supervisor.say(f"PostgreSQL (embedded{', making its data folder' if first else ''}) ...")
            supervisor.start(postgres.server(home, sockets), 120)
            postgres.create_database(sockets)
        if os.environ.get("BROKER_URL"):
            supervisor.say("Broker: yours, from BROKER_URL ...")
            self._reach("BROKER_URL", lambda: valkey.reachable(settings.BROKER_URL))
        else:
            supervisor.say("Valkey (embedded) ...")
            supervisor.start(valkey.server(home, sockets), 30)

    def _reach(self, name: str, ask: Any) -> None:
        """A server may be starting next to us: three tries."""
        for attempt in range(3):
            if not (reason := ask()):
                return
            if attempt < 2:
                time.sleep(0.5)
        raise ServiceError(f"{name} cannot be reached: {reason}")

    def _migrate(self, supervisor: Supervisor) -> None:
        executor = MigrationExecutor(connections["default"])
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            supervisor.say(f"Database: {len(plan)} migration{'s' if len(plan) > 1 else ''} ...")
            call_command("migrate", verbosity=0, interactive=False)

    def _application(self, supervisor: Supervisor) -> None:
        supervisor.say("Sweeper, worker (loads the model) and web server ...")
        log = settings.HOME / "log"
        # The servers' addresses, spelled out: a child must not guess differently from us.
        env = {**os.environ, "LOCUSCOPE_HOME": str(settings.HOME), "PYTHONUNBUFFERED": "1"}
        manage = str(settings.BASE_DIR / "manage.py")
        bind = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        web = [
            python(), "-m", "gunicorn", "webapp.wsgi", "--chdir", str(settings.BASE_DIR), "--worker-class", "gthread",
            "--workers", str(settings.WEB_WORKERS), "--threads", str(settings.WEB_THREADS),
            "--bind", f"{bind}:{settings.PORT}", "--keep-alive", "75", "--graceful-timeout", "5", "--timeout", "60", "--no-control-socket",
        ]  # fmt: skip
        worker = [
            python(), "-m", "celery", "--workdir", str(settings.BASE_DIR), "-A", "webapp.celery", "worker",
            "--pool", "prefork", "--concurrency", "1", "--queues", "predictor", "--loglevel", "INFO",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        asking = [  # waits for a service, in threads, and computes nothing
            *worker[: worker.index("--pool")], "--pool", "threads", "--concurrency", "4", "--queues", "predictor.hosted",
            *worker[worker.index("--loglevel") :],
        ]  # fmt: skip
        # A site behind a proxy may answer under its public name only.
        names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS]
        well = url_answers(f"{self._url()}/healthz", names[0] if names and "*" not in names else "")
        always = lambda: True  # noqa: E731
        supervisor.start(Child("sweeper", [python(), manage, "sweep"], log / "sweeper.log", always, env), 10)
        supervisor.start(Child("worker", worker, log / "worker.log", always, env, grace_seconds=5), 10)
        if settings.HOSTED_MODEL and are_installed(HOSTED_PACKAGES):
            supervisor.start(Child("hosted", asking, log / "hosted.log", always, env, grace_seconds=5), 10)
        supervisor.start(Child("web", web, log / "web.log", well, env), 120)
