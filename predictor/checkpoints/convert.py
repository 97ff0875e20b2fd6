"""From any AlphaGenome checkpoint to the form that is run: folded, in one dtype, with a catalogue of its tracks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from predictor.catalogue import CARD, WEIGHTS, read_card
from predictor.checkpoints.folder import load_model, write_card, write_weights
from predictor.checkpoints.foreign import load_foreign
from predictor.checkpoints.metadata import Metadata, means_of, read_metadata
from predictor.checkpoints.official_tracks import DEFAULT_SAMPLES, LICENCE, tracks_of
from predictor.errors import DomainError
from predictor.inference.network import cast, fold
from predictor.model.alphagenome import AlphaGenome
from predictor.model.config import FULL, ModelConfig
from predictor.tracks import Track

ORGANISMS = ("human", "mouse")  # in the order of the network's organism index
_GENOMES = {"human": ["hg38"], "mouse": ["mm10"]}
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
    metadata = None if ours else read_metadata(options.metadata or _beside(source))
    model = load(source, config)
    if metadata:
        _set_means(model, metadata)
    settings = {"network": replace(model.config, rope=options.rope).to_json(), "folded": True}
    model.config = replace(model.config, rope=options.rope)
    network = cast(fold(model), getattr(torch, options.dtype))
    out.mkdir(parents=True, exist_ok=True)
    write_weights(out / WEIGHTS, network.state_dict())
    with (out / WEIGHTS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    written = {"sha256": digest, "converted_from": source.name, "dtype": options.dtype}
    if ours:
        write_card(out, {**_card_of(source), **written, "settings": {**ours.settings, **settings}}, ours.tracks)
        return
    assert metadata is not None
    for index, organism in enumerate(ORGANISMS[: model.config.organisms]):
        folder, weights = (out, WEIGHTS) if index == 0 else (out / organism, f"../{WEIGHTS}")
        card = {**_official_card(options, organism), **written, "weights": weights}
        card["settings"] = {**settings, "organism": index}
        write_card(folder, card, _tracks(model.config, metadata, organism))


def _beside(source: Path) -> Path:
    """The metadata that was fetched together with the weights."""
    folder = source if source.is_dir() else source.parent
    found = [path for pattern in _METADATA_PATTERNS for path in sorted(folder.glob(pattern))]
    if not found:
        raise DomainError(
            "bad_metadata",
            f"The weights do not say what their tracks are; give --metadata FOLDER with the official *.textproto files, or "
            f"alphagenome_metadata.json (neither is in {folder}).",
        )
    return folder if ".textproto" in found[0].suffixes else found[0]


def _set_means(model: AlphaGenome, metadata: Metadata) -> None:
    """Each track's mean over non-zero bases, which the official weights do not hold."""
    for name in model.track_heads:
        head = model.head(name)
        for index, organism in enumerate(ORGANISMS[: model.config.organisms]):
            rows = metadata.get(organism, {}).get(name)
            if rows is None:
                continue
            means = torch.from_numpy(means_of(rows))
            if means.shape != head.mean[index].shape:
                raise DomainError(
                    "bad_metadata",
                    f"The metadata has {len(rows):,} {organism} tracks of {name}, the weights {head.mean.shape[1]:,}; "
                    "they are of different versions.",
                )
            head.mean[index] = means


def _tracks(config: ModelConfig, metadata: Metadata, organism: str) -> tuple[Track, ...]:
    """The tracks that the network can compute."""
    heads = {head.name for head in config.track_heads}
    if config.contact_tracks:
        heads.add("contact_maps")
    if config.splicing:
        heads |= {"splice_sites", "splice_site_usage", "splice_junctions"}
    known = {name: rows for name, rows in metadata.get(organism, {}).items() if name in heads}
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
    }


def _card_of(folder: Path) -> dict[str, Any]:
    """What a card of ours says, without its tracks and settings."""
    info = read_card(folder)
    names = ("name", "title", "version", "licence", "citation", "summary", "context_bp")
    return {**{name: getattr(info, name) for name in names}, "genomes": [*info.genomes], "held_out": [*info.held_out]}
