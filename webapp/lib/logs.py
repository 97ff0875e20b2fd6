"""What is kept out of the log: whoever has a link's token may open it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"((?:^|[\s'\"(/])(?:v|views?)/|[?&]view=)[A-Za-z0-9_-]{16,}")


class MaskLinks(logging.Filter):
    """Writes the tokens of links as dots, in paths and addresses of any line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True: the line is written."""
        line = record.getMessage()
        masked = _TOKEN.sub(r"\1...", line)
        if masked != line:
            record.msg, record.args = masked, ()
        return True
