"""The installed models, packaged and added: what each predicts, under which licence, and the digest of its weights. No torch here."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from predictor.errors import DomainError
from predictor.strands import strandless
from predictor.tracks import OUTPUTS, Track

CHECKPOINTS = Path(__file__).parent / "checkpoints"
WEIGHTS = "model.safetensors"
CARD = "model.json"
METRICS = "metrics.json"

_folders = [CHECKPOINTS]  # where models are looked for, in this order


@dataclass(frozen=True, slots=True)
class Skill:
    """How well a track does on chromosomes the model never saw (predictor/evaluation).

    `measure` says of what `value`, with its 95 % interval `low` to `high`, is: average precision (AP) of a yes or no per bin,
    or a correlation; `prevalence` is the share of bins with a yes, what chance would reach, None for correlations.
    `baseline` is the best simpler method and reaches `baseline_value`; `skilful`: "yes" if the track is surely better than
    that, "unsure" if only perhaps, "no" if not.
    """

    measure: str
    value: float
    low: float
    high: float
    prevalence: float | None
    baseline: str
    baseline_value: float
    skilful: Literal["yes", "unsure", "no"]


# What a track is judged by first.
_MEASURES = ("AP", "AP at 1 bp", "Stratum-adjusted correlation", "Pearson beyond distance", "Pearson, 128 bp")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model as its users see it.

    `genomes`: assemblies it was made for; `context_bp`: the least input length at which it is worth asking; `held_out`:
    chromosomes it never saw; `limits`: sentences on what it cannot do; `sha256` of the weights, `weights` the
    file of the first of `members`, networks that were trained alike from other seeds and whose mean is predicted;
    `settings`: the network's configuration, as the card has it; `skill` by track key where it was measured, on the chromosomes
    `judged_on`.
    """

    name: str
    title: str
    version: str
    licence: str
    citation: str
    summary: str
    genomes: tuple[str, ...]
    context_bp: int
    held_out: tuple[str, ...]
    limits: tuple[str, ...]
    sha256: str
    tracks: tuple[Track, ...]
    folder: Path
    weights: Path
    members: tuple[Path, ...]
    settings: dict[str, Any]
    judged_on: tuple[str, ...]
    skill: dict[str, Skill]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Output types with at least one track, in the order of OUTPUTS."""
        present = {track.output for track in self.tracks}
        return tuple(key for key in OUTPUTS if key in present)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Of input in bp, ascending, if it takes these alone; empty where it takes any multiple of 2,048."""
        return tuple(self.settings.get("lengths", ()))

    def unit(self, output: str) -> str:
        """Unit of this model's tracks of an output; several are listed."""
        return "; ".join(dict.fromkeys(track.unit for track in self.tracks if track.output == output))

    def default_tracks(self) -> tuple[Track, ...]:
        """What is predicted when nobody chose."""
        return tuple(track for track in self.tracks if track.default)


_elsewhere: dict[str, Callable[[], ModelInfo | None]] = {}


def look_up(name: str, find: Callable[[], ModelInfo | None]) -> None:
    """A model that no folder here has: `find` gives its entry, None while there is none. Whoever lists what is installed, or takes
    the first that fits, does not meet it; it answers to its name alone."""
    _elsewhere[name] = find


def look_in(folder: Path) -> None:
    """Find models in this folder too, which need not exist yet; a packaged model comes before one of the same name."""
    if folder not in _folders:
        _folders.append(folder)


def _installed() -> dict[str, Path]:
    """The folder of each model; one within another's folder (the mouse of AlphaGenome) shares its weights and begins with its name."""
    found: dict[str, Path] = {}
    for folder in _folders:
        for weights in sorted(folder.glob(f"*/{WEIGHTS}")):
            home = weights.parent
            if (home / CARD).exists():
                found.setdefault(home.name, home)
            for path in sorted(home.glob(f"*/{CARD}")):
                found.setdefault(f"{home.name}-{path.parent.name}", path.parent)
    return found


def model_names() -> tuple[str, ...]:
    """Names of the models that are installed."""
    return tuple(sorted(_installed()))


def model_info(name: str) -> ModelInfo:
    """Catalogue entry of an installed model. Raises DomainError `unknown_model` (404)."""
    folder = _installed().get(name)
    if folder is None and name in _elsewhere and (found := _elsewhere[name]()):
        return found
    if folder is None:
        raise DomainError(
            "unknown_model",
            f"There is no model “{name}” here; installed: {', '.join(model_names()) or 'none'}.",
            status=404,
            suggestions=model_names(),
        )
    return read_card(folder)


def folder_digest(folder: Path) -> str:
    """The digest of the weights in a checkpoint folder of one file if they are what its card says, else nothing."""
    try:
        said = str(json.loads((folder / CARD).read_text())["sha256"])
        return said if said == _digest((folder / WEIGHTS,)) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def read_card(folder: Path) -> ModelInfo:
    """Read a checkpoint folder's card; the same object as long as the card is the same file, so that a model which is replaced
    is seen by processes that run. Weights whose digest it does not hold are hashed, once per process and card.

    Raises DomainError `bad_checkpoint` where card or weights are missing or the card is damaged.
    """
    try:
        card = (folder / CARD).stat()
    except FileNotFoundError:
        raise DomainError("bad_checkpoint", f"{folder} is no checkpoint folder: it has no {CARD}.") from None
    return _read_card(folder, (card.st_mtime_ns, card.st_size, card.st_ino))


@lru_cache(maxsize=64)
def _read_card(folder: Path, stamp: tuple[int, int, int]) -> ModelInfo:
    """`stamp`: modification time, size and number of the card's file."""
    try:
        card = json.loads((folder / CARD).read_text())
        members = tuple(folder / name for name in card.get("members") or [card.get("weights", WEIGHTS)])
        for weights in members:
            if not weights.exists():
                raise DomainError("bad_checkpoint", f"There are no weights at {weights}; fetch or convert them again.")
        return _info(card, folder, members)
    except FileNotFoundError:
        raise DomainError("bad_checkpoint", f"{folder} is no checkpoint folder: it has no {CARD}.") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DomainError("bad_checkpoint", f"{folder / CARD} is damaged ({error}); fetch it again.") from None


def _info(card: dict[str, Any], folder: Path, members: tuple[Path, ...]) -> ModelInfo:
    digest = card.get("sha256")  # `convert` writes it: hashing a gigabyte takes longer than loading it
    if digest is None:
        digest = _digest(members)
    judged_on, skill = _read_metrics(folder / METRICS)
    info = info_of({**card, "sha256": digest})
    return replace(
        info,
        folder=folder,
        weights=members[0],
        members=members,
        judged_on=judged_on,
        skill={
            track.key: said
            for track in info.tracks
            if (said := skill.get(track.key) or skill.get(strandless(track)))  # or of both strands
        },
    )


def info_of(card: dict[str, Any]) -> ModelInfo:
    """What a card says, with the digest it names: a model without a folder, whose paths lead nowhere. Raises KeyError, TypeError or
    ValueError for a damaged one."""
    return ModelInfo(
        name=card["name"],
        title=card["title"],
        version=card["version"],
        licence=card["licence"],
        citation=card["citation"],
        summary=card["summary"],
        genomes=tuple(card["genomes"]),
        context_bp=card["context_bp"],
        held_out=tuple(card["held_out"]),
        limits=tuple(card.get("limits", ())),
        sha256=card["sha256"],
        tracks=tuple(Track(**row) for row in card["tracks"]),
        folder=Path(),
        weights=Path(),
        members=(),
        settings=card["settings"],
        judged_on=(),
        skill={},
    )


def _digest(members: tuple[Path, ...]) -> str:
    """Of one file, or of the digests of several."""
    digests = []
    for path in members:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _read_metrics(path: Path) -> tuple[tuple[str, ...], dict[str, Skill]]:
    """What `evaluate` wrote beside the weights; nothing where it was not run yet."""
    if not path.exists():
        return (), {}
    said = json.loads(path.read_text())
    skill: dict[str, Skill] = {}
    for measure in reversed(_MEASURES):
        for row in said["figures"]:
            if row["measure"] == measure and row["value"] is not None:
                skill[row["track"]] = _skill(row)
    return tuple(said["chromosomes"]), skill


def _skill(row: dict[str, Any]) -> Skill:
    kept = {name: row[name] for name in ("measure", "value", "low", "high", "prevalence", "skilful")}
    known = {name: value for name, value in row["baselines"].items() if value is not None}
    best = max(known, key=known.__getitem__) if known else ""
    return Skill(**kept, baseline=best, baseline_value=known.get(best, 0.0))


def select_tracks(
    model: ModelInfo, outputs: Sequence[str] | None = None, tracks: Sequence[str] | None = None
) -> tuple[Track, ...]:
    """The tracks asked for, in catalogue order: the defaults when neither is given, else the union of both.

    `outputs` are keys of OUTPUTS (every track of that kind), `tracks` are track keys.
    Raises DomainError `unknown_output` or `unknown_track` (422, with near names), `no_tracks` (400) for empty lists.
    """
    if outputs is None and tracks is None and (shown := model.default_tracks()):
        return shown
    known_outputs = model.outputs
    for output in outputs or ():
        if output not in known_outputs:
            raise _unknown("output", output, known_outputs, model)
    keys = dict.fromkeys(track.key for track in model.tracks)
    for key in tracks or ():
        if key not in keys:
            raise _unknown("track", key, list(keys), model)
    wanted, wanted_outputs = set(tracks or ()), set(outputs or ())
    chosen = tuple(track for track in model.tracks if track.key in wanted or track.output in wanted_outputs)
    if not chosen:
        raise DomainError("no_tracks", "No track is chosen; choose at least one output or track.", status=400)
    return chosen


def _unknown(kind: str, given: str, known: Sequence[str], model: ModelInfo) -> DomainError:
    by_folded_name = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), list(by_folded_name), n=3, cutoff=0.5)
    suggestions = tuple(by_folded_name[name] for name in near)
    given = given if len(given) <= 40 else given[:39] + "…"
    if suggestions:
        hint = f"did you mean {' or '.join(suggestions)}?"
    elif len(known) <= 12:
        hint = f"it has {', '.join(known)}."
    else:
        hint = f"GET /api/v1/models lists its {len(known)} {kind}s."
    return DomainError(
        f"unknown_{kind}",
        f"The model “{model.name}” has no {kind} “{given}”; {hint}",
        status=422,
        suggestions=suggestions,
    )
