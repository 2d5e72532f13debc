import jax
import pytest


@pytest.fixture(autouse=True, scope="module")
def quick_compilation():
    """Hundreds of small programs run once each: compiling them well would take longer than running them."""
    before = jax.config.read("jax_disable_most_optimizations")
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", before)
