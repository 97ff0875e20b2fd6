"""Whose turn it is. Jobs take turns slice by slice (ScoreSlice.in_order), and one slice at a time has a message in the queue or a
worker: a small job does not wait for a large one, and a prediction waits behind one slice and not behind one of every job."""

from __future__ import annotations

from webapp.predictions import dispatch
from webapp.scoring.models import ScoreSlice


def send_next() -> None:
    """Send the slice whose turn it is, unless that was done. To be called after the commit that made one wait or ended one.

    Whichever commits last of a new slice and the end of the one before sees both; if neither gets here, the sweeper does.
    """
    if ids := list(ScoreSlice.in_turn().filter(sent_at=None).values_list("id", flat=True)):
        dispatch.send(ScoreSlice, ids)
