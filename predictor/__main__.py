"""The command line: `python -m predictor --help`. Works without Django."""

from __future__ import annotations

import argparse
import sys

from predictor.commands import bench, convert, predict, scoring, splice_truth, spliceai, training
from predictor.errors import DomainError


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; a domain error is one sentence on stderr and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except DomainError as error:
        print(f"predictor: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"predictor: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("predictor: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m predictor", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (predict, scoring, spliceai, splice_truth, training, convert, bench):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
