"""A layer from a module of PyTorch, which computes on the host."""

from __future__ import annotations

import numpy as np

from keras import ops, random
from keras._core import tree
from keras._jax.host import on_host_with_gradient
from keras.layers._layer import Layer

_MISSING = "TorchModuleWrapper needs PyTorch. Install it: pip install torch"


class TorchModuleWrapper(Layer):
    """Makes a layer of a `torch.nn.Module`.

    The module computes on the host, also in the middle of compiled code; its gradient is computed there too, by running
    it a second time. Its parameters and buffers are this layer's weights, so that optimizers here train them;
    `parameters()` writes them back.

    Args:
        module: the module, whose parameters exist already.
        name: its name.
        output_shape: the shape of the outputs, batch included; found by tracing the module if None.

    A module cannot be written into a config, so a model with this layer is rebuilt by your program.

    >>> TorchModuleWrapper(torch.nn.Linear(4, 3))(ops.ones((2, 4))).shape
    (2, 3)
    """

    _not_in_config = frozenset(("output_shape",))

    def __init__(self, module, name=None, output_shape=None, **kwargs):
        super().__init__(name=name, **kwargs)
        torch = _torch()
        if not isinstance(module, torch.nn.Module):
            raise ValueError(f"TorchModuleWrapper: `module` must be a torch.nn.Module. Got {module!r}.")
        if any(torch.nn.parameter.is_lazy(p) for p in (*module.parameters(), *module.buffers())):
            raise ValueError(
                "TorchModuleWrapper: the module has parameters without a size. Call it in PyTorch before wrapping it."
            )
        self.module = module
        self.autocast = False  # the module computes in the dtype of its parameters
        self.seed_generator = random.SeedGenerator()  # of the module's own draws, such as dropout's
        self._promised_shape = None if output_shape is None else tuple(output_shape)
        self._names, self._tensors = [], []
        named = [*module.named_parameters(), *module.named_buffers()]
        parameters = dict(module.named_parameters())
        for path, tensor in named:
            value = tensor.detach().cpu().numpy()
            self._names.append(path)
            self._tensors.append(
                self.add_weight(
                    shape=value.shape,
                    initializer=_start(value),
                    dtype=str(value.dtype),
                    autocast=False,
                    trainable=path in parameters and tensor.requires_grad,
                    name=path.replace(".", "_"),
                )
            )
        self._kept = len(parameters)  # what follows are buffers, which a call may change
        self.built = True

    def call(self, *args, training=None, **kwargs):
        leaves = tree.leaves((args, kwargs))
        places = [i for i, x in enumerate(leaves) if hasattr(x, "aval") or isinstance(x, np.ndarray)]
        if not places:
            raise ValueError(f"{self.name} takes tensors. Got none.")
        run = _Run(self.module, self._names, self._kept, (args, kwargs), places, bool(training))
        inputs = [_narrow(leaves[i], self.variable_dtype) for i in places]
        weights = [v.value for v in self._tensors]
        promised = run.promised([(tuple(x.shape), x.dtype.name) for x in inputs])
        if self._promised_shape is not None:
            batch = inputs[0].shape[0]
            self._check_promise(promised[0][0], tuple(batch if n is None else n for n in self._promised_shape))
        seed = self.seed_generator.next()[1] if training else np.uint32(0)
        found = on_host_with_gradient(run.forward, run.backward, promised, *weights, *inputs, seed)
        buffers = found[len(found) - len(self._tensors) + self._kept :] if training else []
        for variable, value in zip(self._tensors[self._kept :], buffers):
            variable.assign(value)
        outputs = found[: len(found) - len(self._tensors) + self._kept] if training else found
        outputs = [ops.cast(y, self.compute_dtype) if "float" in y.dtype.name else y for y in outputs]
        return tree.pack_like(run.structure, outputs)

    def _check_promise(self, found, promised):
        if found != promised:
            raise ValueError(f"{self.name}: `output_shape` promises {promised}, but the module returns {found}.")

    def parameters(self, recurse=True):
        """The parameters of the module, with the values that they have here."""
        torch = _torch()
        state = {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}
        with torch.no_grad():
            for path, variable in zip(self._names, self._tensors):
                state[path].copy_(torch.tensor(variable.numpy()))
        return self.module.parameters(recurse=recurse)


class _Run:
    """One call of a module: what runs on the host, forwards and backwards."""

    def __init__(self, module, names, kept, arguments, places, training):
        self.module, self.names, self.kept = module, names, kept
        self.arguments, self.places, self.training = arguments, places, training
        self.structure = None  # that of the outputs, known after `promised`

    def forward(self, *values):
        torch = _torch()
        tensors = [torch.tensor(v) for v in values]
        with torch.no_grad():
            outputs, buffers = self._called(tensors[: len(self.names)], tensors[len(self.names) : -1], int(values[-1]))
        return [y.cpu().numpy() for y in (*outputs, *buffers)]

    def backward(self, values, gradients):
        torch = _torch()
        tensors = [torch.tensor(v) for v in values]
        buffers = range(self.kept, len(self.names))
        floats = [t if i not in buffers else None for i, t in enumerate(tensors) if t.is_floating_point()]
        wanted = [t.requires_grad_() for t in floats if t is not None]
        state = [t.clone() for t in tensors[: len(self.names)]]  # a module may change its buffers in place
        outputs, _ = self._called(state, tensors[len(self.names) : -1], int(values[-1]))
        pairs = [(y, torch.tensor(g)) for y, g in zip(outputs, gradients) if y.requires_grad]
        found = iter([None] * len(wanted))
        if pairs:
            given = [g for _, g in pairs]
            found = iter(torch.autograd.grad([y for y, _ in pairs], wanted, given, allow_unused=True))
        gradients = [None if t is None else next(found) for t in floats]
        shapes = [v.shape for v in values if v.dtype.kind == "f"]
        return [np.zeros(shape) if g is None else g.cpu().numpy() for shape, g in zip(shapes, gradients)]

    def promised(self, inputs):
        """Shapes and dtypes of what `forward` returns, found without computing."""
        torch = _torch()
        own = {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}
        state = [torch.empty(own[n].shape, dtype=own[n].dtype, device="meta") for n in self.names]
        args = [torch.empty(shape, dtype=getattr(torch, dtype), device="meta") for shape, dtype in inputs]
        with torch.no_grad():
            outputs, buffers = self._called(state, args, 0)
        return [(tuple(y.shape), str(y.dtype).removeprefix("torch.")) for y in (*outputs, *buffers)]

    def _called(self, state, inputs, seed):
        torch = _torch()
        leaves = tree.leaves(self.arguments)
        for i, x in zip(self.places, inputs):
            leaves[i] = x
        args, kwargs = tree.pack_like(self.arguments, leaves)
        named, before = dict(zip(self.names, state)), self.module.training
        self.module.train(self.training)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                outputs = torch.func.functional_call(self.module, named, args, kwargs)
        finally:
            self.module.train(before)
        self.structure = tree.map_leaves(lambda _: None, outputs)
        return tree.leaves(outputs), list(named.values())[self.kept :] if self.training else []


def _torch():
    try:
        import torch
    except ImportError:
        raise ImportError(_MISSING) from None
    return torch


def _start(value):
    return lambda shape, dtype=None: ops.convert_to_tensor(value, dtype=dtype)


def _narrow(x, dtype):
    """Floats in a dtype that PyTorch reads from NumPy."""
    x = ops.convert_to_tensor(x)
    return ops.cast(x, dtype) if "float" in x.dtype.name else x
