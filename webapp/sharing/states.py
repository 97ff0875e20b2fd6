"""What a link remembers of a page. Strict: it is stored, and given to other people's browsers."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from predictor.api import DomainError
from webapp.predictions.specs import Word, explain

MAX_STATE_BYTES = 256 * 1024  # of JSON; sixty tracks take 10 kB
_FAR = 2**40
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Base = Annotated[int, Field(ge=0, le=_FAR)]
_Short = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,60}$")]
_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_Colour = Annotated[str, Field(pattern=r"^(#[0-9A-Fa-f]{3,8}|rgba?\([0-9., %]{5,40}\))$")]


def _positive(place: Place) -> Place:
    if place.end <= place.start:
        raise DomainError("bad_state", "The view's locus ends before it starts.", status=422)
    return place


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Place(_Strict):
    """0-based half-open, on a chromosome, “sequence” or “edited”."""

    chromosome: Annotated[Word, Field(min_length=1)]
    start: _Base
    end: _Base


class Scale(_Strict):
    """The ends of a fixed axis, in the track's unit."""

    min: _Number
    max: _Number


class TrackState(_Strict):
    """A track as igv.js draws it: `height` in pixels; `scale` null: it follows what is in view; `group`: it shares its scale with
    others of that name; `share` of the strongest below which splice junctions are hidden."""

    key: Annotated[Word, Field(min_length=1)]
    hidden: bool = False
    colour: _Colour | None = None
    height: Annotated[int, Field(ge=5, le=5000)] | None = None
    scale: Scale | None = None
    group: _Short | None = None
    mode: _Short | None = None
    display: _Short | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None


class Popup(_Strict):
    """Open at `position` (0-based) of a track, `y` pixels below its top."""

    key: Annotated[Word, Field(min_length=1)]
    position: Annotated[_Number, Field(ge=0, le=_FAR)]
    y: Annotated[int, Field(ge=0, le=5000)] = 0


class FileState(_Strict):
    """A visitor's own file whose row is shown; `name` for the sentence once it is gone."""

    id: _Id
    name: Word = ""


class Feature(_Strict):
    """What a profile is drawn around: bases [start, end), which may be empty, on `strand`, and what people call it."""

    start: _Base
    end: _Base
    strand: Literal["+", "-", "."]
    label: Word


class PanelState(_Strict):
    """The panel beside the browser: which `tab`; a `gene` that was clicked, "" where it follows the view; `both` strands' tracks; the
    measured track's key in `pair`; of the profile the `feature` that was clicked and `at` which of its ends, `flank` bp on either side,
    or the `mean` over all genes; the `job` of a saturation, which the link lends, and its `column`."""

    tab: Literal["gene", "measured", "profile", "saturation"]
    gene: Word = ""
    both: bool = False
    pair: Word = ""
    feature: Feature | None = None
    flank: Literal[500, 2000, 10000] = 2000
    at: Literal["start", "end"] = "start"
    mean: bool = False
    job: _Id | None = None
    column: Annotated[int, Field(ge=0, le=100_000)] = 0


class Measured(_Strict):
    """Whether measured tracks are drawn under the predictions, and whether with the same scale."""

    shown: bool = False
    same: bool = False


class Square(_Strict):
    """Which contact map the square view shows, `of` which sequence: edited, reference or change."""

    key: Annotated[Word, Field(min_length=1)]
    of: _Short | None = None


class PredictionView(_Strict):
    """The genome browser: tracks from the top; `mode` of an edited sequence's tracks, `own`: at its own places; `panels` that are
    open, and the one beside the browser; `files`: rows of the owner's own, which their links lend."""

    locus: Annotated[Place, AfterValidator(_positive)] | None = None
    tracks: Annotated[list[TrackState], Field(max_length=6000)] = []
    mode: _Short | None = None
    own: bool = False
    panels: Annotated[list[_Short], Field(max_length=50)] = []
    panel: PanelState | None = None
    popups: Annotated[list[Popup], Field(max_length=10)] = []
    files: Annotated[list[FileState], Field(max_length=50)] = []
    measured: Measured | None = None
    square: Square | None = None


class JobView(_Strict):
    """The page of scores: the column in the plot, the table's order and filters, and of a saturation the place in view."""

    column: Annotated[int, Field(ge=0, le=100_000)] = 0
    sort: _Short | None = None
    down: bool | None = None
    filter: Word = ""
    status: Literal["", "ok", "bad", "waiting"] = ""
    gene: Word = ""
    min: Annotated[str, Field(pattern=r"^[0-9.eE+-]{0,30}$")] = ""
    locus: Annotated[Place, AfterValidator(_positive)] | None = None


def at_axis(state: dict[str, Any], *, own: bool) -> dict[str, Any]:
    """A prediction's state on this axis: kept on the other one, its place and whatever depends on that axis are left out."""
    if bool(state.get("own")) == own:
        return state
    tracks = [{**track, "height": None, "mode": None} for track in state.get("tracks", [])]
    return {**state, "own": own, "locus": None, "mode": None, "popups": [], "tracks": tracks}


def parse_state(given: object, kind: type[PredictionView] | type[JobView]) -> dict[str, Any]:
    """The state as it is stored. Raises DomainError: 422, or `state_too_large` (413)."""
    try:
        state = kind.model_validate(given).model_dump()
    except ValidationError as error:
        raise explain(error.errors(include_url=False), tuple(kind.model_fields)) from None
    if len(json.dumps(state)) > MAX_STATE_BYTES:
        raise DomainError(
            "state_too_large", f"The view is larger than {MAX_STATE_BYTES >> 10} kB; show fewer tracks.", status=413
        )
    return state
