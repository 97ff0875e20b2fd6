"""The FASTA file of an assembly and its index, which exist nowhere: any range of their bytes is made from the database."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from predictor.api import Interval
from webapp.loci.bases import read_bases
from webapp.loci.models import Assembly

_LINE = 60
_LINES_AT_ONCE = 16_384  # 1 Mb


class AssemblyFasta:
    """All chromosomes in order, in lines of 60 bases; `size` in bytes."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._chromosomes = list(assembly.chromosomes.order_by("order").values_list("name", "length"))
        self._starts, self.size = [], 0
        for name, length in self._chromosomes:
            self._starts.append(self.size)
            self.size += len(_header(name)) + length + -(-length // _LINE)

    @property
    def index(self) -> bytes:
        """As samtools faidx has it: name, length, offset of the first base, bases and bytes per line."""
        rows = (
            f"{name}\t{length}\t{start + len(_header(name))}\t{_LINE}\t{_LINE + 1}\n"
            for (name, length), start in zip(self._chromosomes, self._starts, strict=True)
        )
        return "".join(rows).encode("ascii")

    def part(self, first: int, stop: int) -> Iterator[bytes]:
        """Bytes [first, stop), in pieces of about a megabase."""
        number = max(0, bisect_right(self._starts, first) - 1)
        while first < stop and number < len(self._chromosomes):
            name, length = self._chromosomes[number]
            origin = self._starts[number]
            end = min(stop, origin + len(_header(name)) + length + -(-length // _LINE))
            yield from self._record(name, length, first - origin, end - origin)
            first, number = end, number + 1

    def _record(self, name: str, length: int, first: int, stop: int) -> Iterator[bytes]:
        """Bytes [first, stop) of one record, counted from its “>”."""
        header = _header(name)
        if first < len(header):
            yield header[first:stop]
        first, stop = max(0, first - len(header)), stop - len(header)
        while first < stop:
            low = first // (_LINE + 1)
            high = min(-(-stop // (_LINE + 1)), low + _LINES_AT_ONCE)
            place = Interval(name, low * _LINE, min(high * _LINE, length))
            bases = read_bases(self._assembly, place)
            lines = b"\n".join([*(bases[at : at + _LINE] for at in range(0, len(bases), _LINE)), b""])
            origin = low * (_LINE + 1)
            yield lines[first - origin : stop - origin]
            first = min(stop, high * (_LINE + 1))


def _header(name: str) -> bytes:
    return f">{name}\n".encode("ascii")
