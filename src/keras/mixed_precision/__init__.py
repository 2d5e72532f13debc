"""Computing in 16 bits: the dtype policies and the optimizer for it, under the names of Keras 2."""

from keras._core.dtype_policy import DTypePolicy
from keras.config import dtype_policy, set_dtype_policy
from keras.config import forget_dtype_policy as _forget_dtype_policy
from keras.optimizers import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy


def set_global_policy(policy):
    """`set_dtype_policy`, where None lets the policy follow `floatx()` again, as in tf.keras."""
    if policy is None:
        _forget_dtype_policy()
    else:
        set_dtype_policy(policy)


__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
