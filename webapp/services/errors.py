"""What can go wrong while starting, as one sentence for the operator."""

from __future__ import annotations


class ServiceError(Exception):
    """A server cannot be started or reached; `str(error)` says why and what to do."""
