"""Whose turn it is. One job has a message in the queue, the oldest: a prediction waits behind a slice of it, and not of every job."""

from __future__ import annotations

from webapp.predictions import dispatch
from webapp.scoring.models import ScoreSlice


def send_next() -> None:
    """Send the slice whose turn it is, unless that was done. To be called after the commit that made it wait or ended a job.

    Whichever commits last of a new job and the end of the one before sees both; if neither gets here, the sweeper does.
    """
    if ids := list(ScoreSlice.in_turn().filter(sent_at=None).values_list("id", flat=True)):
        dispatch.send(ScoreSlice, ids)
