"""Muon: momentum made orthogonal for matrices, Adam for the rest."""

from __future__ import annotations

import re

from keras import ops
from keras._core.checks import positive_integer
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Muon(Optimizer):
    """Muon (Jordan et al., 2024, https://github.com/KellerJordan/Muon; Liu et al., 2025,
    https://arxiv.org/abs/2502.16982).

    For a matrix of shape (n, k), `m = momentum * m + g`, `w = w - learning_rate * s * orthogonal(m)`, where
    `s = rms_rate * sqrt(max(n, k))`, or 1 without `rms_rate`. `orthogonal` makes all singular values nearly one, by
    Newton-Schulz steps `X = a * X + b * (X X') X + c * (X X')**2 X`. All other variables, embeddings and excluded ones
    follow AdamW.

    Args:
        learning_rate: a number, a schedule or a function.
        adam_beta_1, adam_beta_2, epsilon: see `Adam`.
        adam_weight_decay: the weight decay of what follows AdamW.
        weight_decay: the weight decay of matrices.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name: see `Optimizer`.
        exclude_layers: regular expressions; matrices with a path in which one is found follow AdamW. The last layer's
            name belongs here.
        exclude_embeddings: whether matrices with 'embedding' in their path follow AdamW.
        muon_a, muon_b, muon_c: the coefficients of the Newton-Schulz steps.
        adam_lr_ratio: the learning rate of AdamW as a multiple of `learning_rate`.
        momentum: the share of the old sum of gradients in the new one.
        ns_steps: the number of Newton-Schulz steps.
        nesterov: whether to use `g + momentum * m` in the place of `m`.
        rms_rate: the root mean square that steps are scaled to, as Adam's have about 0.2; None for no such scaling.

    >>> w = keras.Variable([[3.0, 0.0], [0.0, 1.0]])
    >>> Muon(learning_rate=1.0, weight_decay=None).apply([[[5.0, 0.0], [0.0, 5.0]]], [w])
    >>> w.numpy().round(1)
    array([[2.7, 0. ],
           [0. , 0.7]], dtype=float32)
    """

    adam_beta_1 = Number()
    adam_beta_2 = Number()
    one_minus_adam_beta_1 = OneMinus("adam_beta_1")
    one_minus_adam_beta_2 = OneMinus("adam_beta_2")
    adam_weight_decay = Number(optional=True)
    epsilon = Number()
    muon_a = Number()
    muon_b = Number()
    muon_c = Number()
    adam_lr_ratio = Number()
    momentum = Number()
    rms_rate = Number(optional=True)

    def __init__(
        self,
        learning_rate=0.001,
        adam_beta_1=0.9,
        adam_beta_2=0.999,
        adam_weight_decay=0.004,
        epsilon=1e-7,
        weight_decay=0.004,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        exclude_layers=None,
        exclude_embeddings=True,
        muon_a=3.4445,
        muon_b=-4.775,
        muon_c=2.0315,
        adam_lr_ratio=1,
        momentum=0.95,
        ns_steps=5,
        nesterov=True,
        rms_rate=0.2,
        **kwargs,
    ):
        super().__init__(
            learning_rate=learning_rate, weight_decay=weight_decay, clipnorm=clipnorm, clipvalue=clipvalue,
            global_clipnorm=global_clipnorm, use_ema=use_ema, ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency, loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps, name=name, **kwargs,
        )  # fmt: skip
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = bool(exclude_embeddings)
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = positive_integer("ns_steps", ns_steps, "Muon")
        self.nesterov = bool(nesterov)
        self.rms_rate = rms_rate

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._follows_adam = [self._is_excluded(v) for v in self._trainable_variables]
        self.momentums, self.adam_velocities = [], []
        for v, adam in zip(self._trainable_variables, self._follows_adam):
            skipped = v.overwrite_with_gradient
            self.momentums.append(None if skipped else self.add_variable_from_reference(v, "momentum"))
            self.adam_velocities.append(
                self.add_variable_from_reference(v, "velocity") if adam and not skipped else None
            )

    def _is_excluded(self, variable) -> bool:
        if variable.ndim != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def _follows(self, variable) -> bool:
        return self._follows_adam[self._places[id(variable)]]

    def _decay_weights(self, variables):
        for v in variables:
            name = "adam_weight_decay" if self._follows(v) else "weight_decay"
            if self.stored_number(name) is not None and self.decays(v):
                v.assign(v.value - v.value * getattr(self, name) * self._rate_now())

    def update_step(self, gradient, variable, learning_rate):
        if self._follows(variable):
            self._adam_step(gradient, variable, learning_rate * self.adam_lr_ratio)
        else:
            self._muon_step(gradient, variable, learning_rate)

    def _muon_step(self, gradient, variable, learning_rate):
        kept = self.slot(self.momentums, variable)
        m = self.momentum * kept.value + gradient
        kept.assign(m)
        direction = self.zeropower_via_newtonschulz5(
            gradient + self.momentum * m if self.nesterov else m, self.ns_steps
        )
        variable.assign(variable.value - learning_rate * self.lr_adjust(direction))

    def _adam_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_m, kept_v = self.slot(self.momentums, variable), self.slot(self.adam_velocities, variable)
        m = kept_m.value + (gradient - kept_m.value) * self.one_minus_adam_beta_1
        v = kept_v.value + (ops.square(gradient) - kept_v.value) * self.one_minus_adam_beta_2
        kept_m.assign(m)
        kept_v.assign(v)
        rate = learning_rate * ops.sqrt(1 - self.adam_beta_2**t) / (1 - self.adam_beta_1**t)
        variable.assign(variable.value - m * rate / (ops.sqrt(v) + self.epsilon))

    def transpose_last_axis(self, X):
        """The matrices with rows and columns exchanged."""
        return ops.swapaxes(X, -1, -2)

    def lr_adjust(self, x):
        """A step scaled to the root mean square that `rms_rate` names."""
        if self.stored_number("rms_rate") is None:
            return x
        return x * (self.rms_rate * max(x.shape[-2:]) ** 0.5)

    def zeropower_via_newtonschulz5(self, x, steps):
        """The matrix with its singular values brought near one by `steps` Newton-Schulz steps."""
        tall = x.shape[-2] > x.shape[-1]
        if tall:  # the products below are over the longer axis
            x = self.transpose_last_axis(x)
        x = x / (ops.sqrt(ops.sum(ops.square(x), axis=(-2, -1), keepdims=True)) + 1e-7)
        for _ in range(steps):
            square = ops.matmul(x, self.transpose_last_axis(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * square + self.muon_c * ops.matmul(square, square), x)
        return self.transpose_last_axis(x) if tall else x
