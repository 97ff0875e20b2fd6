from tests.training.conftest import pack, reference, store

__all__ = ["pack", "reference", "store"]
