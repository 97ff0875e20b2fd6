"""From any AlphaGenome checkpoint to the form that is run: folded, in one dtype, with a catalogue of its tracks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from predictor.catalogue import CARD, WEIGHTS, ModelInfo, read_card
from predictor.checkpoints.folder import load_model, write_card, write_weights
from predictor.checkpoints.foreign import load_foreign
from predictor.checkpoints.metadata import Metadata, means_of, read_metadata
from predictor.checkpoints.official_tracks import DEFAULT_SAMPLES, LICENCE, tracks_of
from predictor.errors import DomainError
from predictor.inference.network import cast, fold
from predictor.inference.outputs import SPLICE_OUTPUTS
from predictor.model.alphagenome import AlphaGenome
from predictor.model.config import FULL, ORGANISMS, ModelConfig
from predictor.tracks import Track, head_name

_GENOMES = {"human": ["hg38", "hg19"], "mouse": ["mm10"]}  # hg19 has the bases of hg38 at other places
_LIMITS = {
    "human": ["It was trained on hg38; of hg19 it reads the bases as they are there, and knows nothing of its places."]
}
_METADATA_PATTERNS = ("*.textproto", "*.textproto.gz", "alphagenome_metadata_raw.json", "alphagenome_metadata.json")
CITATION = "Avsec et al., Nature 2026 (AlphaGenome)"


@dataclass(frozen=True, slots=True)
class Options:
    """`metadata`: the official text files or alphagenome_pt's JSON (default: looked for beside the checkpoint); `name` and
    `version` of the model in our catalogue; `rope`: precision of the tower's phases.
    """

    metadata: Path | None = None
    dtype: Literal["float32", "bfloat16"] = "bfloat16"
    name: str = "alphagenome"
    version: str = "all_folds"
    rope: Literal["float32", "bfloat16"] = "float32"


def load(path: Path, config: ModelConfig = FULL) -> AlphaGenome:
    """The plain network of any checkpoint that is known: a folder of ours, the official Orbax folder, or a file of
    genomicsxai, alphagenome_pt or lucidrains. `config` says how large a foreign network is.

    Raises DomainError `bad_checkpoint` that names what does not fit and what to do.
    """
    return load_model(read_card(path)) if (path / CARD).exists() else load_foreign(path, config)


def convert(source: Path, out: Path, options: Options, config: ModelConfig = FULL) -> None:
    """Write `out`/model.safetensors and a card for each organism: `out` itself for human, `out`/mouse for mouse.

    A folder of ours keeps its own card. Raises DomainError `bad_checkpoint`, `bad_metadata` or `exists`.
    """
    if (out / CARD).exists() or (out / WEIGHTS).exists():
        raise DomainError("exists", f"{out} holds a model already; give a new folder.")
    ours = read_card(source) if (source / CARD).exists() else None
    if ours and options.metadata:
        raise DomainError("bad_metadata", f"{source} has a card of its own; leave out --metadata.")
    metadata = None if ours else read_metadata(options.metadata or _beside(source))
    model = load(source, config)
    model.config = replace(model.config, rope=options.rope)
    settings = {"network": model.config.to_json(), "folded": True}
    if ours:
        cards = [(out, {**_card_of(ours), "settings": {**ours.settings, **settings}}, ours.tracks)]
    else:
        assert metadata is not None
        _set_means(model, metadata)
        cards = list(_official_cards(out, model.config, metadata, options, settings))
    network = cast(fold(model), getattr(torch, options.dtype))
    out.mkdir(parents=True, exist_ok=True)
    write_weights(out / WEIGHTS, network.state_dict())
    with (out / WEIGHTS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    for folder, card, tracks in cards:
        write_card(folder, {**card, "sha256": digest, "converted_from": source.name, "dtype": options.dtype}, tracks)


def _official_cards(
    out: Path, config: ModelConfig, metadata: Metadata, options: Options, settings: dict[str, Any]
) -> Iterator[tuple[Path, dict[str, Any], tuple[Track, ...]]]:
    """Folder, card and tracks of each organism. Raises DomainError `bad_metadata`."""
    for index, organism in enumerate(ORGANISMS[: config.organisms]):
        tracks = _tracks(config, metadata, organism)
        if not tracks:
            raise DomainError(
                "bad_metadata", f"The metadata has no {organism} tracks; give the files of {' and '.join(ORGANISMS)}."
            )
        folder, weights = (out, WEIGHTS) if index == 0 else (out / organism, f"../{WEIGHTS}")
        card = {**_official_card(options, organism), "weights": weights}
        yield folder, {**card, "settings": {**settings, "organism": index}}, tracks


def _beside(source: Path) -> Path:
    """The metadata that was fetched together with the weights."""
    found = metadata_beside(source)
    if not found:
        raise DomainError(
            "bad_metadata",
            f"The weights do not say what their tracks are; give --metadata FOLDER with the official *.textproto files, or "
            f"alphagenome_metadata.json (neither lies in {source.parent}).",
        )
    return found[0].parent if ".textproto" in found[0].suffixes else found[0]


def metadata_beside(source: Path) -> list[Path]:
    """The files of any known kind of metadata in a checkpoint's folder or beside it."""
    folders = [source, source.parent] if source.is_dir() else [source.parent]
    return [path for folder in folders for pattern in _METADATA_PATTERNS for path in sorted(folder.glob(pattern))]


def _set_means(model: AlphaGenome, metadata: Metadata) -> None:
    """Each track's mean over non-zero bases, which the official weights do not hold."""
    sizes = _sizes(model.config)
    for index, organism in enumerate(ORGANISMS[: model.config.organisms]):
        for name, rows in metadata.get(organism, {}).items():
            if len(rows) != sizes.get(name, len(rows)):
                raise DomainError(
                    "bad_metadata",
                    f"The metadata has {len(rows):,} {organism} tracks of {name}, the weights {sizes[name]:,}; "
                    "they are of different versions.",
                )
            if name in model.track_heads:
                model.head(name).mean[index] = torch.from_numpy(means_of(rows))


def _sizes(config: ModelConfig) -> dict[str, int]:
    """Rows of the metadata that belong to each head that the network has; junctions have one per tissue."""
    sizes = {head.name: head.tracks for head in config.track_heads}
    if config.contact_tracks:
        sizes["contact_maps"] = config.contact_tracks
    if splicing := config.splicing:
        of_splicing = zip(SPLICE_OUTPUTS, (splicing.classes, splicing.usage_tracks, splicing.tissues), strict=True)
        sizes |= {head_name(output): size for output, size in of_splicing}
    return sizes


def _tracks(config: ModelConfig, metadata: Metadata, organism: str) -> tuple[Track, ...]:
    """The tracks that the network can compute."""
    known = {name: rows for name, rows in metadata.get(organism, {}).items() if name in _sizes(config)}
    return tracks_of(known, DEFAULT_SAMPLES[organism])


def _official_card(options: Options, organism: str) -> dict[str, Any]:
    return {
        "name": options.name if organism == "human" else f"{options.name}-{organism}",
        "title": f"AlphaGenome, {organism}",
        "version": options.version,
        "licence": LICENCE,
        "citation": CITATION,
        "summary": f"Google DeepMind's AlphaGenome ({options.version}), {organism}, run here.",
        "genomes": _GENOMES[organism],
        "context_bp": 131_072,
        "held_out": [],
        "limits": [
            "Its weights and all that they predict are for non-commercial use only, and may not train other models (AlphaGenome model "
            "terms).",
            *_LIMITS.get(organism, ()),
        ],
    }


def _card_of(info: ModelInfo) -> dict[str, Any]:
    """What a card of ours says, without its tracks and settings."""
    names = ("name", "title", "version", "licence", "citation", "summary", "context_bp")
    lists = {name: [*getattr(info, name)] for name in ("genomes", "held_out", "limits")}
    return {**{name: getattr(info, name) for name in names}, **lists}
