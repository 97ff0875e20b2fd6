"""SpliceAI: the published networks for human splicing, run in torch. Its weights are not ours and not in this repository."""
