"""What a run says while it goes: a line per twenty steps, a log that a resumed run goes on with, and a page of curves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOG = "log.jsonl"
PAGE = "losses.html"


class Curves:
    """The log of a run in `out`, cut back to `step`, so that what was lost in a kill is not there twice."""

    def __init__(self, out: Path, step: int) -> None:
        self.out = out
        self.rows: list[dict[str, Any]] = []
        path = out / LOG
        if path.exists():
            lines = path.read_text().splitlines()
            self.rows = [row for row in map(_parsed, lines) if row and row["step"] <= step]
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows))

    def add(self, step: int, rate: float, losses: dict[str, float], validation: dict[str, float], left: float) -> None:
        """A row of the log, and a line for who watches; `left` seconds to the end of
        the stage, at its pace."""
        row: dict[str, Any] = {"step": step, "rate": round(rate, 7), "train": _rounded(losses)}
        if validation:
            row["valid"] = _rounded(validation)
        self.rows.append(row)
        with (self.out / LOG).open("a") as log:
            log.write(json.dumps(row) + "\n")
        said = ", ".join(f"{output} {loss:.3f}" for output, loss in losses.items())
        print(f"step {step}: {said}; {_duration(left)} left in this stage", flush=True)
        if validation:
            print(
                f"  validation: {', '.join(f'{output} {loss:.3f}' for output, loss in validation.items())}", flush=True
            )

    def draw(self) -> None:
        """A page that needs no network."""
        import plotly.graph_objects as go
        from plotly.subplots import make_subplots

        outputs = list(dict.fromkeys(output for row in self.rows for output in row["train"]))
        if not outputs:
            return
        columns = 3
        figure = make_subplots(-(-len(outputs) // columns), columns, subplot_titles=outputs)
        for place, output in enumerate(outputs):
            for name, colour in (("train", "#8aa4c8"), ("valid", "#c2571a")):
                points = [(row["step"], row[name][output]) for row in self.rows if output in row.get(name, {})]
                x, y = zip(*points, strict=True) if points else ((), ())
                line = go.Scatter(x=x, y=y, name=name, mode="lines", line={"color": colour}, showlegend=place == 0)
                figure.add_trace(line, row=place // columns + 1, col=place % columns + 1)
        figure.update_layout(
            title="Losses by output", template="plotly_white", height=280 * -(-len(outputs) // columns)
        )
        figure.update_xaxes(title_text="step")
        part = self.out / f"{PAGE}.part"
        figure.write_html(part, include_plotlyjs=True)
        part.replace(self.out / PAGE)


def _parsed(line: str) -> dict[str, Any] | None:
    """A row; None for the last one of a log that was cut while it was written."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
