"""The one door to a visitor's file: it is its owner's, and readable by a link of theirs whose view shows it, as long as that is
open: with its token, or by whoever made the view theirs. It is lent, not given away: a copy would outlive a revocation, and take room
of the one who made it; so nobody lends on what is another's."""

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
    if request.method not in ("GET", "HEAD"):
        return False
    links = View.live().filter(visitor=file.visitor, state__files__contains=[{"id": str(file.id)}])
    token, visitor = request.GET.get(FIELD, ""), visitor_of(request)
    if token and "\x00" not in token and links.filter(token=token).exists():
        return True
    return bool(visitor) and links.filter(copies__visitor=visitor).exists()
