"""One replacement in a model's input, which keeps its length."""

from __future__ import annotations

from dataclasses import dataclass, replace

from predictor.inputs import ModelInput, Padding


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace [start, end) of the input, counted from its first base, by `bases`.

    The input keeps its length and its start: bases that move beyond the right end are lost, and `tail`, the sequence that
    follows the input, moves in after a deletion (N where it is too short, or where the input ends in N already).
    """

    start: int
    end: int
    bases: str
    tail: str = ""

    @property
    def shift(self) -> int:
        """How far the bases behind it move to the right."""
        return len(self.bases) - (self.end - self.start)

    def apply(self, given: ModelInput) -> ModelInput:
        """The changed input; its interval and what was asked for are those of the reference. ValueError outside the real bases."""
        if not 0 <= self.start <= self.end <= given.real_bp:
            raise ValueError(f"{self} lies outside an input of {given.real_bp} bp")
        length = len(given.sequence)
        real = given.sequence[: self.start] + self.bases + given.sequence[self.end : given.real_bp]
        if given.real_bp == length:
            real += self.tail
        real = real[:length]
        padding = tuple(part for part in given.padding if part.kind != "N")
        if len(real) < length:
            padding += (Padding(len(real), length, "N"),)
        return replace(given, sequence=real.ljust(length, "N"), real_bp=len(real), padding=padding)
