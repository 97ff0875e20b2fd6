"""From public tables to weights: targets, losses, metrics and the one training loop."""
