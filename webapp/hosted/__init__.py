"""AlphaGenome at Google's: people's own keys, sealed, and what the service lists."""
