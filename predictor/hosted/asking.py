"""The door to the hosted models: the SDK is imported when the service is asked, not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from predictor.catalogue import ModelInfo, info_of
from predictor.errors import DomainError
from predictor.hosted.names import ARCHITECTURE, INSTALL, LENGTHS, LICENCE, MODELS
from predictor.hosted.wishes import check_size
from predictor.results import Predictor

__all__ = [
    "ARCHITECTURE", "INSTALL", "LENGTHS", "LICENCE", "MODELS", "check_size",
    "fetch_cards", "info_of", "is_hosted", "opened", "scoring_refused",
]  # fmt: skip


def is_hosted(model: ModelInfo) -> bool:
    """Whether it runs at Google's."""
    return model.settings.get("architecture") == ARCHITECTURE


def scoring_refused(name: str) -> DomainError:
    """Of jobs that would send thousands of requests: `hosted_no_scores`."""
    return DomainError(
        "hosted_no_scores",
        f"The model “{name}” draws variants together as a prediction, but scores no tables of them, since each variant would be a "
        "request against your quota; choose an installed model for that.",
    )


def fetch_cards(address: str, key: str) -> list[dict[str, Any]]:
    """The card of each of MODELS as the service lists its tracks now. Raises DomainError, also for a key that it does not take."""
    from predictor.hosted.listing import fetch_card
    from predictor.hosted.service import Service

    with Service(address, key) as service:
        return [fetch_card(service, name) for name in MODELS]


@contextmanager
def opened(model: ModelInfo, address: str, key: str, seconds: float) -> Iterator[Predictor]:
    """A predictor that asks with this key; a call ends after `seconds`. Raises DomainError `no_hosted_sdk`."""
    from predictor.hosted.predictor import HostedPredictor
    from predictor.hosted.service import Service

    with Service(address, key, seconds=seconds) as service:
        yield HostedPredictor(model, service)
