"""AdamW: Adam with weight decay."""

from keras.optimizers._adam import Adam


class AdamW(Adam):
    """Adam with weight decay that does not pass through the means (Loshchilov and Hutter, 2017,
    https://arxiv.org/abs/1711.05101).

    Before each of Adam's steps `w = w - learning_rate * weight_decay * w`.

    Args:
        learning_rate: a number, a schedule or a function.
        weight_decay: the share of itself that every variable loses per step, times the learning rate.
        beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).apply([[2.0]], [w])
    >>> w.numpy().round(4)
    array([0.85], dtype=float32)
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        if weight_decay is None:
            raise ValueError("AdamW: `weight_decay` must be a number. Got None. Use Adam for no weight decay.")
        super().__init__(
            learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, amsgrad=amsgrad,
            weight_decay=weight_decay, clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm,
            use_ema=use_ema, ema_momentum=ema_momentum, ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor, gradient_accumulation_steps=gradient_accumulation_steps, name=name,
            **kwargs,
        )  # fmt: skip
