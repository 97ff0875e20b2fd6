"""What the pages and the API use of this app."""

from __future__ import annotations

from webapp.scoring.access import cancel_job
from webapp.scoring.columns import explain_scorer
from webapp.scoring.describe import describe, page_url
from webapp.scoring.downloads import FORMATS, download
from webapp.scoring.models import ScoreJob
from webapp.scoring.plots import read_matrix, read_points
from webapp.scoring.specs import FILE, MAX_FILE_BYTES, ScoreSpec, parse_score_spec
from webapp.scoring.submit import Upload, submit, title_of
from webapp.scoring.table import Wish, column_of, read_page

__all__ = [
    "FILE", "FORMATS", "MAX_FILE_BYTES",
    "ScoreJob", "ScoreSpec", "Upload", "Wish",
    "cancel_job", "column_of", "describe", "download", "explain_scorer", "page_url", "parse_score_spec", "read_matrix",
    "read_page", "read_points", "submit", "title_of",
]  # fmt: skip
