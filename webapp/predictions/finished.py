"""Rows of finished predictions, kept in memory: they do not change any more, and each window asks for them again.

Whether a row is still there is asked of the database every time, in the one short query that this leaves; who may read it is not
decided here (webapp.sharing.access does so, each time).
"""

from __future__ import annotations

import copy
import threading
import uuid
from collections import OrderedDict
from datetime import datetime

from django.db import connection

from webapp.predictions.models import PredictedTrack, Prediction, State

MOST_ROWS = 30_000  # of predictions and their tracks: some tens of megabytes
Tracks = dict[str, PredictedTrack]

_STANDING = f"SELECT finished_at, visitor FROM {Prediction._meta.db_table} WHERE id = %s AND state = '{State.DONE}'"  # noqa: S608


class Finished:
    """The most recently read ones; threads may share it."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows = most_rows
        self._kept: OrderedDict[uuid.UUID, tuple[Prediction, Tracks]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def prediction(self, wanted: uuid.UUID) -> Prediction | None:
        """A copy of the row, None where it is not kept or is no longer what it was."""
        with self._lock:
            found = self._kept.get(wanted)
        if found is None:
            return None
        standing = _standing(wanted)
        if standing is None or standing[0] != found[0].finished_at:
            self._forget(wanted)
            return None
        own = copy.copy(found[0])
        own.visitor = standing[1]  # whose it is may change; who may read it is told by that
        return own

    def tracks(self, prediction: Prediction) -> Tracks:
        """The rows of its tracks by key, in their order; not to be changed."""
        with self._lock:
            found = self._kept.get(prediction.id)
            if found is not None and found[0].finished_at == prediction.finished_at:
                self._kept.move_to_end(prediction.id)
                return found[1]
        tracks = {track.key: track for track in prediction.tracks.all()}
        if prediction.state == State.DONE:
            self._keep(prediction, tracks)
        return tracks

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._rows = 0

    def _keep(self, prediction: Prediction, tracks: Tracks) -> None:
        own = copy.copy(prediction)
        own.__dict__.pop("sequence", None)  # megabytes, where somebody has read it
        with self._lock:
            self._drop(prediction.id)
            self._kept[prediction.id] = own, tracks
            self._rows += 1 + len(tracks)
            while self._rows > self.most_rows and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _forget(self, wanted: uuid.UUID) -> None:
        with self._lock:
            self._drop(wanted)

    def _drop(self, wanted: uuid.UUID) -> None:
        found = self._kept.pop(wanted, None)
        if found is not None:
            self._rows -= 1 + len(found[1])


def _standing(wanted: uuid.UUID) -> tuple[datetime, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [wanted])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


SHARED = Finished(MOST_ROWS)
