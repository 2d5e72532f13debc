"""What SimpleRNN, GRU and LSTM share: a cell of their own, whose settings they show."""

from __future__ import annotations

from keras._core.checks import one_of
from keras.layers._input_spec import InputSpec
from keras.layers._rnn import RNN


def _of_cell(name: str, text: str) -> property:
    return property(lambda self: getattr(self.cell, name), doc=text)


class _Sequences(InputSpec):
    def wrong_ndim(self, owner, shape):
        text = (
            f"{owner} takes sequences with 3 axes: (batch, time, features). Got shape {shape}, which has {len(shape)}."
        )
        if len(shape) == 2:
            text += "\n  For one feature per time step, pass x[:, :, None]; for one time step, x[:, None, :]."
        return text


class GatedRNN(RNN):
    """A recurrent layer that makes its own cell.

    Args:
        implementation: 0, 1 or 2: how other engines arranged the products. The values are the same, and the kernels
            here know one arrangement.
    """

    _not_in_config = frozenset(("cell", "implementation", "use_cudnn"))

    def __init__(
        self,
        cell,
        return_sequences,
        return_state,
        go_backwards,
        stateful,
        unroll,
        use_cudnn="auto",
        implementation=2,
        **kwargs,
    ):
        one_of("implementation", implementation, (0, 1, 2), type(self).__name__)
        if use_cudnn not in ("auto", True, False):
            raise ValueError(f"{type(self).__name__}: `use_cudnn` must be 'auto', True or False. Got {use_cudnn!r}.")
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll, **kwargs)
        self.use_cudnn = use_cudnn
        self.input_spec = _Sequences(ndim=3)

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = _Sequences(ndim=3, axes={-1: sequences_shape[-1]})

    of_cell = staticmethod(_of_cell)

    units = _of_cell("units", "The size of the output.")
    activation = _of_cell("activation", "Activation of candidate and output.")
    use_bias = _of_cell("use_bias", "Whether there is a bias.")
    kernel_initializer = _of_cell("kernel_initializer", "How the kernel starts.")
    recurrent_initializer = _of_cell("recurrent_initializer", "How the recurrent kernel starts.")
    bias_initializer = _of_cell("bias_initializer", "How the bias starts.")
    kernel_regularizer = _of_cell("kernel_regularizer", "Regularizer of the kernel.")
    recurrent_regularizer = _of_cell("recurrent_regularizer", "Regularizer of the recurrent kernel.")
    bias_regularizer = _of_cell("bias_regularizer", "Regularizer of the bias.")
    kernel_constraint = _of_cell("kernel_constraint", "Constraint of the kernel.")
    recurrent_constraint = _of_cell("recurrent_constraint", "Constraint of the recurrent kernel.")
    bias_constraint = _of_cell("bias_constraint", "Constraint of the bias.")
    dropout = _of_cell("dropout", "The share of inputs left out in training.")
    recurrent_dropout = _of_cell("recurrent_dropout", "The share of outputs going back left out in training.")
    seed = _of_cell("seed", "Seed of the dropout.")
