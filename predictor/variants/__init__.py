"""Changes of a sequence: what people write for them, how they are checked and normalised, what they make of an input."""
