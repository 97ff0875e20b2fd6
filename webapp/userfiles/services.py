"""Taking a file in, listing, removing and taking that back."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from predictor.api import DomainError
from webapp.loci.services import get_assembly
from webapp.predictions.submit import one_at_a_time
from webapp.userfiles import storage
from webapp.userfiles.cleaning import forget
from webapp.userfiles.kinds import KINDS
from webapp.userfiles.models import UserFile
from webapp.userfiles.preparing import prepare

_AT_ONCE = 2  # prepared by one web process
_WAIT_SECONDS = 30.0
_turns = threading.BoundedSemaphore(_AT_ONCE)
_NAME = 200


def most_bytes() -> int:
    """Of one file as it comes."""
    return settings.USER_FILE_MB << 20


def take_in(visitor: str, genome: str, declared: int, bring: Callable[[Path], tuple[str, str]]) -> UserFile:
    """A new file of the visitor's. `declared` bytes, 0 where nobody knows; `bring(path)` puts it there and returns its name and
    where it is from. Nothing stays on the disk of one that is refused. Raises DomainError: 404 `unknown_genome`, 413, 422, 429, 503
    `busy`, 507 or as `bring`."""
    assembly = get_assembly(genome)
    _check_quota(visitor, declared)
    with _room_is_left(), storage.arriving(max(declared, 1 << 20)) as place:
        came = place / "came"
        given, source = bring(came)
        name = _clean(given)
        with _turn():
            prepared = prepare(came, name, assembly, most_bytes())
        content, index = place / "content", place / "index"
        size = sum(part.stat().st_size for part in (content, index) if part.exists())
        with content.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        with transaction.atomic():
            one_at_a_time()
            _check_quota(visitor, size)
            file = UserFile.objects.create(
                visitor=visitor,
                genome=assembly.name,
                name=name,
                kind=prepared.kind,
                size=size,
                digest=digest,
                aliases=prepared.aliases,
                skipped=prepared.skipped,
                source=source,
                expires=timezone.now() + timedelta(days=settings.USER_FILE_DAYS),
            )
            storage.keep(place, file.id)
    return file


def own_files(visitor: str, genome: str | None = None) -> QuerySet[UserFile]:
    """The visitor's files, the oldest first."""
    files = UserFile.here().filter(visitor=visitor).exclude(visitor="")
    return files.filter(genome__iexact=genome) if genome else files


def remove(file: UserFile) -> None:
    """At once for everybody; `restore` takes it back within an hour."""
    UserFile.objects.filter(id=file.id, removed=None).update(removed=timezone.now())


def restore(file: UserFile) -> None:
    """The removal is taken back."""
    UserFile.objects.filter(id=file.id).update(removed=None)
    file.removed = None


def describe(file: UserFile, visitor: str) -> dict[str, Any]:
    """As its owner, and whoever has a link to it, reads it. `source` for the owner alone."""
    kind, mine = KINDS[file.kind], file.visitor == visitor
    path = f"/api/v1/files/{file.id}"
    return {
        "id": str(file.id),
        "name": file.name,
        "genome": file.genome,
        "kind": kind.title,
        "format": kind.served,
        "size": file.size,
        "url": f"{path}/content",
        "index": f"{path}/index" if kind.index else None,
        "aliases": file.aliases,
        "skipped": file.skipped,
        "source": file.source if mine else "",
        "created": file.created.isoformat(),
        "expires": file.expires.isoformat(),
        "mine": mine,
    }


@contextmanager
def _room_is_left() -> Iterator[None]:
    """Others fill the same disk while a file comes. Raises DomainError `disk_full` (507)."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        sentence = _("The disk of this server is full; tell whoever runs it, or try again later.")
        raise DomainError("disk_full", sentence, status=507) from None


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=_WAIT_SECONDS):
        raise DomainError("busy", _("Other files are being checked; try again in a minute."), status=503)
    try:
        yield
    finally:
        _turns.release()


def _check_quota(visitor: str, more: int) -> None:
    """Raises DomainError `quota_full` (413) or `all_full` (507). What was removed makes room for what comes."""
    mine = UserFile.objects.filter(visitor=visitor)
    most, everybody = settings.USER_FILES_MB << 20, settings.ALL_USER_FILES_MB << 20
    for last in (False, True):
        used = mine.aggregate(size=Sum("size", default=0), count=Count("id"))
        whole = UserFile.objects.aggregate(size=Sum("size", default=0))["size"]
        if used["count"] < settings.MAX_FILES_PER_VISITOR and used["size"] + more <= most and whole + more <= everybody:
            return
        if not last:
            forget(mine.filter(Q(removed__isnull=False) | Q(expires__lte=timezone.now())))
    if used["count"] >= settings.MAX_FILES_PER_VISITOR:
        sentence = _("You have %(count)s files here; remove some that you do not need.") % {"count": used["count"]}
        raise DomainError("quota_full", sentence, status=413)
    if used["size"] + more > most:
        said = {"used": f"{used['size'] / 1e6:,.0f}", "most": f"{most / 1e6:,.0f}", "more": f"{more / 1e6:,.1f}"}
        sentence = _(
            "Your files take %(used)s of %(most)s MB, and this one needs %(more)s MB; remove some that you do not need."
        )
        raise DomainError("quota_full", sentence % said, status=413)
    raise DomainError(
        "all_full", _("This server has no room for more files; ask whoever runs it, or try again later."), status=507
    )


def _clean(name: str) -> str:
    """One line, without what no name has."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return line.replace("/", "_").replace("\\", "_")[-_NAME:] or "file"
