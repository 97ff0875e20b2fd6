"""What the pages and the API use of this app."""

from __future__ import annotations

from webapp.predictions.access import cancel
from webapp.predictions.describe import NOTICE, describe, page_url, queue_position, title_of
from webapp.predictions.junctions import read_junctions
from webapp.predictions.models import State
from webapp.predictions.pairs import MAX_SIZE, read_contacts
from webapp.predictions.showcase import showcase_prediction
from webapp.predictions.specs import Spec, explain, parse_spec
from webapp.predictions.submit import submit
from webapp.predictions.windows import read_window

__all__ = [
    "MAX_SIZE",
    "NOTICE",
    "Spec",
    "State",
    "cancel",
    "describe",
    "explain",
    "page_url",
    "parse_spec",
    "queue_position",
    "read_contacts",
    "read_junctions",
    "read_window",
    "showcase_prediction",
    "submit",
    "title_of",
]  # fmt: skip
