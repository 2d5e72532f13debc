"""The engine: everything that touches JAX."""
