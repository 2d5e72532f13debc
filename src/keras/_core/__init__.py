"""Plain Python that knows nothing about arrays."""
