"""Files that people bring to the genome browser: taken in, checked, made readable by ranges, lent by links, thrown away in time."""
