"""What several subcommands ask for."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from predictor.catalogue import CARD, ModelInfo, model_info, read_card


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Where and how a model runs."""
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--dtype", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--threads", type=threads, default=0, help="0 leaves torch's choice")


def chosen_model(name: str) -> ModelInfo:
    """An installed model, or a checkpoint folder."""
    folder = Path(name)
    return read_card(folder) if (folder / CARD).exists() else model_info(name)


def check_writable(path: Path) -> None:
    """Raise OSError now rather than after minutes of work; leaves nothing behind."""
    is_new = not (path.exists() or path.is_symlink())
    with path.open("ab"):
        pass
    if is_new:
        path.unlink()


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not minutes > 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of minutes above 0")
    return minutes


def threads(text: str) -> int:
    """A number of threads, 0 for torch's choice."""
    if not text.isdecimal() or len(text) > 4 or int(text) > 1024:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 0 to 1,024")
    return int(text)


def words(text: str | None) -> list[str] | None:
    """What stands between commas."""
    return [word.strip() for word in text.split(",") if word.strip()] if text is not None else None
