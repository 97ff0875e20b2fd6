"""Ours beside other implementations: `python -m predictor.bench.peers install | check | run | table`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from predictor.bench.compare import Plan, check, machine, measurements
from predictor.bench.contract import REQUESTS
from predictor.bench.environments import install
from predictor.bench.implementations import BY_NAME, PEERS, chosen
from predictor.bench.table import Measurement, markdown, rates_line, read_lines, rows
from predictor.bench.weights import write_weights
from predictor.errors import DomainError

LENGTHS = (32_768, 131_072)
PASSES = ("all", "rna_seq", "chip_tf")


def compare(folder: Path) -> str:
    """Everything at LENGTHS, three times: an hour or more."""
    options = _parser().parse_args(["run", str(folder)])
    return _run(options)


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; a domain error is one sentence on stderr and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        text = options.run(options)
    except DomainError as error:
        print(f"peers: {error}", file=sys.stderr)
        return 1
    if text:
        print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m predictor.bench.peers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    installing = commands.add_parser("install", help="an environment for each peer (1 to 2 GB each)")
    installing.add_argument("folder", type=Path)
    installing.add_argument("--research", type=Path, help="a clone of google-deepmind/alphagenome_research, for jax")
    installing.add_argument("--only", type=_list(BY_NAME))
    installing.set_defaults(run=_install)

    checking = commands.add_parser("check", help="that all compute the same")
    running = commands.add_parser("run", help="measure, and print the table")
    for command, lengths, requests, dtypes in (
        (checking, "4096", "all,embeddings", "fp32"),
        (running, ",".join(map(str, LENGTHS)), ",".join(PASSES), "fp32,bf16"),
    ):
        command.add_argument("folder", type=Path, help="where the peers are installed")
        command.add_argument("--only", type=_list(BY_NAME), help="as in ours,genomicsxai (default: all installed)")
        command.add_argument("--lengths", type=_lengths, default=lengths, help=f"bp (default {lengths})")
        command.add_argument("--requests", type=_list(REQUESTS), default=requests, help=f"of {', '.join(REQUESTS)}")
        command.add_argument("--dtypes", type=_list(("fp32", "bf16")), default=dtypes, help=f"default {dtypes}")
        command.add_argument("--threads", type=_count, default=len(os.sched_getaffinity(0)))
        command.add_argument("--scratch", type=Path, help="for weights, 1.8 GB per format (default: FOLDER/weights)")
        command.add_argument("--keep-weights", action="store_true", help="for the next time")
    checking.set_defaults(run=_check, repeats=1)
    running.add_argument("--repeats", type=_count, default=3)
    running.add_argument("--out", type=Path, help="a file that measurements are added to, one per line")
    running.set_defaults(run=_run)

    showing = commands.add_parser("table", help="of files that run has written")
    showing.add_argument("files", type=Path, nargs="+")
    showing.set_defaults(run=_table)
    return parser


def _install(options: argparse.Namespace) -> str:
    peers = [
        peer
        for peer in PEERS
        if (peer.name in options.only if options.only else not peer.checkout or options.research is not None)
    ]
    install(options.folder, peers, options.research)
    return f"{', '.join(peer.name for peer in peers)} installed in {options.folder}"


def _check(options: argparse.Namespace) -> str:
    failed = 0
    with _planned(options) as plan:
        for line, passed in check(plan):
            print(line, flush=True)
            failed += not passed
    if failed:
        raise DomainError("no_parity", f"{failed} outputs differ from ours.")
    return ""


def _run(options: argparse.Namespace) -> str:
    found = []
    head = machine(options.threads)
    with _planned(options) as plan, (options.out or Path(os.devnull)).open("a") as out:
        out.writelines(f"# {line}\n" for line in head)
        for measurement in measurements(plan):
            found.append(measurement)
            print(measurement.to_line(), file=sys.stderr, flush=True)
            out.write(measurement.to_line() + "\n")
            out.flush()
    return _report(head, found)


def _table(options: argparse.Namespace) -> str:
    lines = [line for path in options.files for line in path.read_text().splitlines()]
    head = dict.fromkeys(line.removeprefix("# ") for line in lines if line.startswith("# "))
    return _report(list(head), read_lines(lines))


def _report(head: list[str], found: list[Measurement]) -> str:
    return "\n".join([*head, rates_line(found), "", markdown(rows(found))])


@contextmanager
def _planned(options: argparse.Namespace) -> Iterator[Plan]:
    """The plan, with the weights that its implementations read; those that were not there before are deleted again."""
    plan = Plan(
        options.folder, options.scratch or options.folder / "weights",
        tuple(chosen(options.only, options.folder)),
        options.lengths, options.requests, options.dtypes, options.threads, options.repeats,
    )  # fmt: skip
    new = write_weights(plan.scratch, [row.weights for row in plan.implementations if row.weights])
    try:
        yield plan
    finally:
        for path in [] if options.keep_weights else new:
            path.unlink(missing_ok=True)


def _list(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    names = tuple(known)

    def parse(text: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
        if not words or set(words) - set(names):
            raise argparse.ArgumentTypeError(f"“{text}” is not a list of {', '.join(names)}")
        return words

    return parse


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 to 1,024")
    return int(text)


def _lengths(text: str) -> tuple[int, ...]:
    words = [word.strip().replace("_", "") for word in text.split(",")]
    if not all(word.isdecimal() and int(word) and int(word) % 2048 == 0 for word in words):
        raise argparse.ArgumentTypeError(f"“{text}” is not a list of multiples of 2,048")
    return tuple(dict.fromkeys(map(int, words)))


if __name__ == "__main__":
    sys.exit(main())
