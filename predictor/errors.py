"""The one error type a user may meet: a code for programs and a sentence for people."""

from __future__ import annotations


class DomainError(Exception):
    """Something asked for cannot be done as asked.

    `code` is a stable snake_case word, `str(error)` one sentence that says what was wrong and what to do, `status` the
    HTTP status that fits (400 malformed, 404 unknown, 413 too large, 422 understood but not possible), `suggestions`
    near names that do exist, best first.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 422, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
        self.suggestions = suggestions


class Cancelled(Exception):
    """Raised by a progress callback to stop a running prediction."""
