"""The one door to a visitor's file: it is its owner's, and readable by a link of theirs whose view shows it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django.utils.translation import gettext as _

from predictor.api import DomainError
from webapp.sharing.access import FIELD, visitor_of
from webapp.sharing.models import View
from webapp.userfiles.models import UserFile


def readable_file(request: HttpRequest, file_id: str) -> UserFile:
    """The file with this id, if whoever sent `request` may read it. Raises DomainError `unknown_file` (404)."""
    found = _found(UserFile.here(), file_id)
    if found.visitor == visitor_of(request) or _shown(request, found):
        return found
    raise unknown_file()


def own_file(visitor: str, file_id: str) -> UserFile:
    """Their own, also one that they removed and can still take back. Raises DomainError `unknown_file` (404)."""
    found = _found(UserFile.objects.all(), file_id)
    if not visitor or found.visitor != visitor:
        raise unknown_file()
    return found


def unknown_file() -> DomainError:
    """What is not theirs is not there."""
    return DomainError(
        "unknown_file", _("There is no such file; it was removed, its time is over, or it is not yours."), status=404
    )


def _found(files: object, file_id: str) -> UserFile:
    try:
        found: UserFile = files.get(id=uuid.UUID(file_id))  # type: ignore[attr-defined]
    except (ValueError, UserFile.DoesNotExist):
        raise unknown_file() from None
    return found


def _shown(request: HttpRequest, file: UserFile) -> bool:
    """By a link of the owner's: somebody else's that names the file gives nothing."""
    token = request.GET.get(FIELD, "")
    if not token or "\x00" in token or request.method not in ("GET", "HEAD"):
        return False
    return View.live().filter(token=token, visitor=file.visitor, state__files__contains=[{"id": str(file.id)}]).exists()
