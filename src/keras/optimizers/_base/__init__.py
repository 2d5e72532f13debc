"""What the base class of all optimizers is put together from."""
