"""A layer applied to every time step."""

from keras import ops
from keras._core import tree
from keras._core.dtype_policy import is_float_name
from keras._jax.kernels import recurrent
from keras._jax.random import SeedGenerator
from keras.layers._base.shapes import is_shape
from keras.layers._call import signature_of
from keras.layers._wrapper import Wrapper

_WRITTEN_OUT = 32  # steps: a convolution is much slower inside a loop, many copies of it take long to compile


class TimeDistributed(Wrapper):
    """Applies a layer to every time step by itself.

    Time is folded into the batch, so the layer runs once on (batch * time, ...). Only a layer that changes its
    variables, such as `BatchNormalization` in training, runs once for each step, on (batch, ...).

    Args:
        layer: the layer.

    Call arguments:
        mask: (batch, time, ...); goes to the layer, if it takes masks of its inputs, and to the layers behind.

    Shapes:
        x: (batch, time, ...), y: (batch, time, ...).

    >>> TimeDistributed(Conv2D(8, 3))(ops.ones((2, 5, 28, 28, 1))).shape
    (2, 5, 26, 26, 8)
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        inner = self.layer.compute_output_shape(self._shape_of_step(input_shape))
        return _with_steps(inner, input_shape[1])

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(self._shape_of_step(input_shape))

    def _shape_of_step(self, shape):
        if not is_shape(shape) or len(shape) < 3:
            raise ValueError(
                f"{self.name} takes one input with at least 3 axes: (batch, time, ...). Got shape {tuple(shape)}."
            )
        return (shape[0], *shape[2:])

    def call(self, inputs, training=None, mask=None):
        kwargs = {} if training is None else {"training": training}
        steps = inputs.shape[:2]
        mask = self._mask_of_inputs(inputs, mask)
        if self._changes_at_each_step(inputs[:, 0], None if mask is None else mask[:, 0], kwargs):
            return self._step_by_step(inputs, mask, kwargs)

        def fold(x):  # (batch, time, ...) -> (batch * time, ...)
            return ops.reshape(x, (steps[0] * steps[1], *x.shape[2:]))

        if mask is not None:
            kwargs["mask"] = fold(mask)
        outputs = self.layer(fold(inputs), **kwargs)
        return tree.map_leaves(lambda y: self._own(ops.reshape(y, (*steps, *y.shape[1:]))), outputs)

    def _own(self, y):
        """Floats in the dtype this layer computes in: the one inside follows a policy of its own."""
        return ops.cast(y, self.compute_dtype) if is_float_name(y.dtype.name) else y

    def _mask_of_inputs(self, inputs, mask):
        """The mask, if it says something about single rows of what the layer gets, and the layer takes masks."""
        if mask is None:
            return None
        if mask.ndim < 2 or tuple(mask.shape[:2]) != tuple(inputs.shape[:2]):
            raise ValueError(
                f"{self.name} takes a mask of shape (batch, time, ...), here {tuple(inputs.shape[:2])}. "
                f"Got shape {tuple(mask.shape)}."
            )
        takes_mask = "mask" in signature_of(type(self.layer)).names
        return mask if takes_mask and (mask.ndim > 2 or inputs.ndim == 3) else None

    def _changes_at_each_step(self, x, mask, kwargs) -> bool:
        inner = self.layer._flatten_layers()
        seeds = {id(p.state) for layer in inner for p in layer._parts() if isinstance(p, SeedGenerator)}
        others = {id(v) for v in self.layer.variables if not v.trainable and id(v) not in seeds}
        return bool(others) and any(
            id(v) in others for v in recurrent.assigned_by_step(self._step(kwargs), (x, mask), ())
        )

    def _step(self, kwargs):
        def step(items, states):
            x, mask = items
            return self.layer(x, **kwargs, **({} if mask is None else {"mask": mask})), states

        return step

    def _step_by_step(self, inputs, mask, kwargs):
        items = tree.map_leaves(lambda x: None if x is None else ops.swapaxes(x, 0, 1), (inputs, mask))
        unroll = inputs.shape[1] <= _WRITTEN_OUT
        outputs, _, losses = recurrent.any_cell(self._step(kwargs), items, (), unroll=unroll)
        self.add_loss([loss / inputs.shape[1] for loss in losses])
        return tree.map_leaves(lambda y: self._own(ops.swapaxes(y, 0, 1)), outputs)


def _with_steps(shape, steps):
    """(batch, ...) -> (batch, steps, ...), for one shape or several."""
    if is_shape(shape):
        return (shape[0], steps, *shape[1:])
    return type(shape)(_with_steps(s, steps) for s in shape)
