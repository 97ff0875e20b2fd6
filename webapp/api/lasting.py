"""Answers that never change: values of finished predictions, which a browser may keep."""

from __future__ import annotations

import hashlib
import json

import numpy as np
from django.http import HttpRequest
from numpy.typing import NDArray

from predictor.api import DomainError

BINARY = "application/octet-stream"  # little-endian float32


def lasting(*asked: object) -> dict[str, str]:
    """Headers of the answer to a question that these words name."""
    said = json.dumps([str(word) for word in asked])
    return {
        "ETag": f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Accept",
    }


def is_known(request: HttpRequest, headers: dict[str, str]) -> bool:
    """Whether whoever asks has this answer already; it is then given without reading any value."""
    return headers["ETag"] in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]


def numbers(values: NDArray[np.float32]) -> list[float | None]:
    """Seven digits are all that a float32 has."""
    return [None if value != value else float(f"{value:.7g}") for value in values.tolist()]


MOST_VALUES = 8_000_000  # of one answer: all 5,930 tracks of the largest model in a thousand bins


def check_values(tracks: int, bins: int) -> None:
    """Raises DomainError `too_many_values` (422) for an answer that would fill the memory."""
    if tracks * bins > MOST_VALUES:
        sentence = (
            f"{tracks:,} tracks in {bins:,} bins are too many values for one answer; ask for fewer tracks or bins."
        )
        raise DomainError("too_many_values", sentence, status=422)
