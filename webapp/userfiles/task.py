"""What the process that prepares a file is told and what it answers; no Django here, so that it starts at once."""

from __future__ import annotations

from dataclasses import dataclass, field

DISK_FULL = "disk_full"


class Refused(Exception):
    """The file will not do: a code of refusals.py with what its sentence needs."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Task:
    """`path` of the file as it came, named `name` by its sender; `content` and `index`: where the prepared one goes; `names`: the
    assembly's chromosomes by each of their case-folded names; `lengths` in bp; `most_bytes` of text once it is unpacked."""

    path: str
    name: str
    content: str
    index: str
    names: dict[str, str]
    lengths: dict[str, int]
    most_bytes: int

    def chromosome(self, name: str) -> str | None:
        """The assembly's name for it, None where it has none."""
        return self.names.get(name.strip().casefold())


@dataclass(slots=True)
class Prepared:
    """`aliases`: the file's name of each chromosome that it calls otherwise; `skipped` lines lie on chromosomes that the assembly
    does not have."""

    kind: str
    skipped: int = 0
    aliases: dict[str, str] = field(default_factory=dict)


def known(task: Task, lengths: dict[str, int]) -> dict[str, str]:
    """The assembly's names of a file's chromosomes, by theirs. Raises Refused `no_known_name` or `other_length`."""
    found = {name: chromosome for name in lengths if (chromosome := task.chromosome(name))}
    if not found:
        raise no_known_name(list(lengths), task)
    for name, chromosome in found.items():
        if lengths[name] != task.lengths[chromosome]:
            raise Refused("other_length", chromosome=name, there=lengths[name], here=task.lengths[chromosome])
    return found


def no_known_name(names: list[str], task: Task) -> Refused:
    """For a file that lies elsewhere altogether."""
    return Refused(
        "no_known_name", names=", ".join(name[:40] for name in names[:3]), ours=", ".join([*task.lengths][:3])
    )
