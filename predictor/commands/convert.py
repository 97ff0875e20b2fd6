"""Checkpoints of others."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    convert = commands.add_parser(
        "convert", help="any AlphaGenome checkpoint to a folder that loads at once; accept the weights' terms first"
    )
    convert.add_argument("source", type=Path, metavar="IN", help="a checkpoint file or folder")
    convert.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    convert.add_argument("--metadata", type=Path, help="the official *.textproto files or alphagenome_metadata.json")
    convert.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float32"))
    convert.add_argument("--name", default="alphagenome")
    convert.add_argument("--version", default="all_folds")
    convert.add_argument(
        "--rope", default="float32", choices=("float32", "bfloat16"), help="precision of the tower's phases"
    )
    convert.set_defaults(run=_convert)


def _convert(options: argparse.Namespace) -> None:
    from predictor.catalogue import read_card
    from predictor.checkpoints.convert import Options, convert

    chosen = Options(options.metadata, options.dtype, options.name, options.version, options.rope)
    convert(options.source, options.out, chosen)
    for folder in (options.out, *sorted(path.parent for path in options.out.glob("*/model.json"))):
        info = read_card(folder)
        print(f"{folder}: {info.title}, {len(info.tracks):,} tracks, {options.dtype}, sha256 {info.sha256}")
