"""What the base class of all layers is put together from."""
