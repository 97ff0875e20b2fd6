"""What the other apps use: who may ask a hosted model, with whose key, and entering and forgetting one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from predictor.api import DomainError, ModelInfo, Predictor, hosted
from webapp.hosted.listing import keep, stored
from webapp.hosted.models import HostedKey
from webapp.hosted.sealing import seal, unseal
from webapp.lib.packages import HOSTED_PACKAGES, are_installed

_KEY = re.compile(r"[A-Za-z0-9._~+/=-]{16,200}")
KEPT = timedelta(days=365)  # since it was last used: whoever entered it does not come any more
_SDK_IS_HERE = are_installed(HOSTED_PACKAGES)  # when this process began: what is installed later is met after a restart
_checking = threading.BoundedSemaphore(2)  # of a process: whoever tries keys does not take all of its threads


def is_offered() -> bool:
    """Whether people here can use the service: the operator allows it, and what it needs is installed."""
    return not_offered() is None


def models_of(visitor: str) -> list[ModelInfo]:
    """Hosted models that this visitor may ask; none without a key."""
    if not is_offered() or own_key(visitor) is None:
        return []
    return [model for model in map(stored, hosted.MODELS) if model]


def own_key(visitor: str) -> HostedKey | None:
    """The visitor's row, whose `last_four` may be shown; none where it was not used for a year."""
    return HostedKey.objects.filter(visitor=visitor, since__gt=Now() - KEPT).first() if visitor else None


def key_state(visitor: str) -> dict[str, str | None]:
    """What may be said of the visitor's key: its last four characters, None without one."""
    row = own_key(visitor)
    return {"last_four": row.last_four if row else None}


def enter_key(visitor: str, given: str) -> HostedKey:
    """Try a key at the service, whose list of tracks is stored with it; it takes the place of one before.

    Raises DomainError: `hosted_off` (403), `no_hosted_sdk` (503), `bad_key` (422), `hosted_busy` (503), and what the service says
    (`hosted_key_refused`, `hosted_quota`, `hosted_unreachable` and others).
    """
    _check_offered()
    key = given.strip()
    if not _KEY.fullmatch(key):
        raise DomainError(
            "bad_key",
            "This is no key of Google's: one has 16 to 200 letters, digits and signs, without spaces; copy it again.",
        )
    if not _checking.acquire(blocking=False):
        raise DomainError(
            "hosted_busy", "Other keys are being checked at this moment; try again in a moment.", status=503
        )
    try:
        keep(hosted.fetch_cards(settings.HOSTED_ADDRESS, key))
    finally:
        _checking.release()
    row, _ = HostedKey.objects.update_or_create(
        visitor=visitor, defaults={"sealed": seal(visitor, key), "last_four": key[-4:]}
    )
    return row


def forget_key(visitor: str) -> bool:
    """Delete the visitor's key; whether there was one."""
    return bool(visitor and HostedKey.objects.filter(visitor=visitor).delete()[0])


def forget_unused() -> int:
    """Delete the keys that nobody used for a year; how many."""
    return HostedKey.objects.filter(since__lte=Now() - KEPT).delete()[0]


def check_asker(model: ModelInfo, visitor: str) -> None:
    """Raises DomainError `hosted_off`, `no_hosted_sdk` or `hosted_key_missing` (403) where this visitor may not ask the model; any
    other model may be asked by anybody."""
    if hosted.is_hosted(model):
        _check_offered()
        if own_key(visitor) is None:
            raise key_missing(model.name)


def key_missing(name: str) -> DomainError:
    """For whoever asks without a key of their own."""
    return DomainError(
        "hosted_key_missing",
        f"The model “{name}” runs at Google's and needs a key of your own; enter it below the choice of the model, or put it to "
        "/api/v1/hosted/key.",
        status=403,
    )


def refusal(name: str) -> DomainError:
    """Why a hosted model that nobody has asked yet cannot be asked by its name."""
    return not_offered() or key_missing(name)


def is_known(name: str) -> bool:
    """Whether a model of this name would be a hosted one."""
    return name in hosted.MODELS


def check_scores(model: ModelInfo) -> None:
    """Raises DomainError `hosted_no_scores`: a table of variants would be thousands of requests."""
    if hosted.is_hosted(model):
        raise hosted.scoring_refused(model.name)


@contextmanager
def predictor_for(name: str, visitor: str) -> Iterator[Predictor]:
    """The model with its asker's key, which is opened here and nowhere else. Raises DomainError as `check_asker`, and
    `hosted_key_lost`."""
    model = stored(name)
    if model is None:
        raise key_missing(name)
    check_asker(model, visitor)
    row = own_key(visitor)
    key = unseal(visitor, row.sealed) if row else None
    if key is None:
        raise DomainError(
            "hosted_key_lost",
            "Your key to Google's service can no longer be opened, since this installation's secret has changed; enter it again.",
            status=403,
        )
    HostedKey.objects.filter(visitor=visitor).update(since=Now())
    with hosted.opened(model, settings.HOSTED_ADDRESS, key, settings.HOSTED_SECONDS) as predictor:
        yield predictor


def not_offered() -> DomainError | None:
    """Why nobody here can use the service: `hosted_off` (403) or `no_hosted_sdk` (503). It stays as it was when the process began, as
    the worker that asks is started then or not at all."""
    if not settings.HOSTED_MODEL:
        return DomainError(
            "hosted_off",
            "Whoever runs this server has switched Google's AlphaGenome service off; choose another model.",
            status=403,
        )
    if not _SDK_IS_HERE:
        return DomainError(
            "no_hosted_sdk",
            f"Google's AlphaGenome service cannot be asked from here yet: its SDK is missing; “{hosted.INSTALL}” installs it.",
            status=503,
        )
    return None


def _check_offered() -> None:
    if refusal := not_offered():
        raise refusal
