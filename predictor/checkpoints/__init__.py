"""Weights: our safetensors folders, and the names other implementations give the same tensors."""
