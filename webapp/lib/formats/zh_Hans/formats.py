"""270,001 and not 270001: positions are written as in the papers."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
