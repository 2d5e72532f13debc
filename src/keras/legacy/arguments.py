"""Older arguments, and what they are called today: rows, and the one mechanism that applies them."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from keras.legacy import era, report, values


class Row(NamedTuple):
    """One older argument of one or several callables.

    Attributes:
        names: the callables, below the module they are in.
        old: its older name; several, if they make one argument of today.
        today: its name today; several, if it is two today; empty, if it must be one of the values in `value`.
        eras: which releases knew it.
        value: a dict from older to today's values, or a function of the older ones; None keeps them.
    """

    names: str
    old: str | tuple[str, ...]
    today: str | tuple[str, ...]
    eras: str = "0.x 1.x"
    value: Any = None


class Order(NamedTuple):
    """What the arguments without a name meant in another year.

    Attributes:
        names: the callables.
        order: names of the arguments in order, as they were called then.
        when: whether these positional arguments can only be meant that way; None leaves it to the era.
        eras: which releases had it.
        before: the release from which on today's order holds, for calls that could mean either; empty if only `when`
            decides.
    """

    names: str
    order: str
    when: Callable[[tuple], bool] | None = None
    eras: str = "0.x 1.x"
    before: str = "2.0"


class Default(NamedTuple):
    """A default that was another one: from release `since` until before release `before`, or in all years if empty."""

    names: str
    argument: str
    value: Any
    since: str
    before: str


_RNN = "LSTM GRU SimpleRNN LSTMCell GRUCell SimpleRNNCell"
_CONV = "Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D"
_POOL = "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D"
_GLOBAL = "GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling2D GlobalMaxPooling3D"
_IMAGES = (
    "Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D MaxPooling2D MaxPooling3D AveragePooling2D "
    "AveragePooling3D UpSampling2D UpSampling3D ZeroPadding2D ZeroPadding3D Cropping2D Cropping3D SpatialDropout2D "
    f"SpatialDropout3D {_GLOBAL}"
)
_DROPOUTS = "Dropout GaussianDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D"
_OPTIMIZERS = "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam"
_ALL = "0.x 1.x 2.x"

LAYERS = [
    #   callables                older argument        today's argument         eras      values
    Row(f"Dense {_RNN}", "output_dim", "units"),
    Row(f"Dense Conv1D Conv2D Conv3D Conv2DTranspose ConvLSTM2D {_RNN}", "init", "kernel_initializer"),
    Row(f"Dense Conv1D Conv2D Conv3D Conv2DTranspose ConvLSTM2D {_RNN}", "W_regularizer", "kernel_regularizer"),
    Row("Dense Conv1D Conv2D Conv3D Conv2DTranspose", "W_constraint", "kernel_constraint"),
    Row(f"Dense {_CONV} {_RNN}", "b_regularizer", "bias_regularizer"),
    Row("Dense Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D", "b_constraint", "bias_constraint"),
    Row(f"Dense {_CONV}", "bias", "use_bias"),
    Row(f"ConvLSTM2D {_RNN}", "inner_init", "recurrent_initializer"),
    Row(f"ConvLSTM2D {_RNN}", "U_regularizer", "recurrent_regularizer"),
    Row("LSTM GRU LSTMCell GRUCell ConvLSTM2D", "inner_activation", "recurrent_activation"),
    Row(f"ConvLSTM2D {_RNN}", "dropout_W", "dropout"),
    Row(f"ConvLSTM2D {_RNN}", "dropout_U", "recurrent_dropout"),
    Row("LSTM LSTMCell ConvLSTM2D", "forget_bias_init", "unit_forget_bias", value=values.FORGET_BIAS),
    Row("LSTM GRU SimpleRNN", "consume_less", "implementation", "1.x", values.IMPLEMENTATIONS),
    Row("Conv1D", "filter_length", "kernel_size"),
    Row(_CONV, "nb_filter", "filters"),
    Row("Conv2D Conv2DTranspose SeparableConv2D ConvLSTM2D", ("nb_row", "nb_col"), "kernel_size", value=values.sizes),
    Row("Conv3D", ("kernel_dim1", "kernel_dim2", "kernel_dim3"), "kernel_size", value=values.sizes),
    Row(f"{_CONV} {_POOL}", "border_mode", "padding"),
    Row("Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D", "subsample", "strides"),
    Row("Conv1D", "subsample_length", "strides"),
    Row(_IMAGES, "dim_ordering", "data_format", value=values.AXIS_ORDERS),
    Row("SeparableConv2D", "init", ("depthwise_initializer", "pointwise_initializer"), "1.x", values.pair),
    Row("MaxPooling1D AveragePooling1D", "pool_length", "pool_size"),
    Row("MaxPooling1D AveragePooling1D", "stride", "strides"),
    Row("UpSampling1D", "length", "size"),
    Row(_DROPOUTS, "p", "rate"),
    Row("GaussianNoise", "sigma", "stddev"),
    Row("Embedding", "init", "embeddings_initializer"),
    Row("Embedding", "W_regularizer", "embeddings_regularizer"),
    Row("Embedding", "W_constraint", "embeddings_constraint"),
    Row("PReLU", "init", "alpha_initializer"),
    Row("BatchNormalization", "beta_init", "beta_initializer"),
    Row("BatchNormalization", "gamma_init", "gamma_initializer"),
    Row("LeakyReLU", "alpha", "negative_slope", _ALL),
    Row("Reshape", "dims", "target_shape", "0.x"),
    Row("InputLayer", "batch_input_shape", "batch_shape", "1.x 2.x"),
    Row("InputLayer", "input_shape", "shape", "1.x 2.x"),
    Row("InputLayer", "input_dtype", "dtype", "1.x 2.x"),
]  # fmt: skip

OPTIMIZERS = [
    Row(_OPTIMIZERS + " Ftrl AdamW", "lr", "learning_rate", _ALL),
]

CALLBACKS = [
    Row("ReduceLROnPlateau", "epsilon", "min_delta", "1.x 2.x"),
    Row("ModelCheckpoint", "period", "save_freq", "1.x 2.x", {1: "epoch"}),
    Row("CallbackList", "queue_length", "", _ALL, {10: None}),
    Row("ProgbarLogger", "count_mode", "", "2.x", {"steps": None, "samples": None}),
    Row("ProgbarLogger", "stateful_metrics", "", "2.x", {None: None}),
    Row("LambdaCallback", "on_batch_begin", "on_train_batch_begin", "1.x 2.x"),
    Row("LambdaCallback", "on_batch_end", "on_train_batch_end", "1.x 2.x"),
]

CONSTRAINTS = [
    Row("MaxNorm", "m", "max_value"),
    Row("MinMaxNorm", "low", "min_value", "1.x"),
    Row("MinMaxNorm", "high", "max_value", "1.x"),
]

REGULARIZERS = [
    Row("L1", "l", "l1", _ALL),
    Row("L2", "l", "l2", _ALL),
]

INITIALIZERS = [
    Row("VarianceScaling", "distribution", "distribution", "2.x", lambda d: "truncated_normal" if d == "normal" else d),
]

TOOLS = [
    Row("conv_input_length conv_output_length", "border_mode", "padding", "1.x"),
    Row("get_test_data", "nb_train", "num_train"),
    Row("get_test_data", "nb_test", "num_test"),
    Row("get_test_data", "nb_class", "num_classes"),
]

UTILS = [
    Row("to_categorical", "y", "x", _ALL),
    Row("to_categorical", "nb_classes", "num_classes"),
    Row("normalize", "a", "x", "1.x"),
]

DATASETS = [
    Row("load_data", "nb_words", "num_words"),
]

APPLICATIONS = [
    Row("preprocess_input", "dim_ordering", "data_format", "1.x", values.AXIS_ORDERS),
]

MODELS = [
    Row("Model Functional", "input", "inputs", "1.x"),
    Row("Model Functional", "output", "outputs", "1.x"),
    Row("Model.fit", "nb_epoch", "epochs"),
    Row("Model.fit Model.evaluate Model.predict", "X", "x", "0.x"),
    Row("Model.train_on_batch Model.test_on_batch Model.predict_on_batch", "X", "x", "0.x"),
]

# where the callables of the rows are, and what the module is called that has them
TABLES = {
    "keras.layers": LAYERS,
    "keras.optimizers": OPTIMIZERS,
    "keras.callbacks": CALLBACKS,
    "keras.constraints": CONSTRAINTS,
    "keras.regularizers": REGULARIZERS,
    "keras.initializers": INITIALIZERS,
    "keras.utils": UTILS,
    "keras.datasets.imdb": DATASETS,
    "keras.datasets.reuters": DATASETS,
    "keras.applications.imagenet_utils": APPLICATIONS,
    "keras.applications.resnet50": APPLICATIONS,
    "keras.applications.vgg16": APPLICATIONS,
    "keras.applications.vgg19": APPLICATIONS,
    "keras.legacy.tools": TOOLS,
    "keras.models": MODELS,
}

_WEIGHTS = "W_regularizer b_regularizer activity_regularizer W_constraint b_constraint"
_CONV_END = f"subsample dim_ordering {_WEIGHTS} bias"


def _second(test: Callable[[Any], bool]) -> Callable[[tuple], bool]:
    return lambda args: len(args) > 1 and test(args[1])


def _at(place: int, test: Callable[[Any], bool]) -> Callable[[tuple], bool]:
    return lambda args: len(args) > place and test(args[place])


def _is_string_at(place: int) -> Callable[[tuple], bool]:
    return _at(place, lambda x: isinstance(x, str))


_DIMENSIONS = _second(lambda x: isinstance(x, int) and not isinstance(x, bool))

ORDERS = [
    #     callables     order                                            when it can mean nothing else       eras
    Order("Dense", f"output_dim init activation weights {_WEIGHTS} bias input_dim",
          _second(values.is_initializer_name)),
    Order("Dense", "input_dim output_dim init activation weights", _DIMENSIONS, "0.x", ""),
    Order("LSTM", "input_dim output_dim init inner_init forget_bias_init activation inner_activation", _DIMENSIONS,
          "0.x", ""),
    Order("GRU", "input_dim output_dim init inner_init activation inner_activation", _DIMENSIONS, "0.x", ""),
    Order("SimpleRNN", "input_dim output_dim init inner_init activation", _DIMENSIONS, "0.x", ""),
    Order("LSTM", "output_dim init inner_init forget_bias_init activation inner_activation W_regularizer U_regularizer "
          "b_regularizer dropout_W dropout_U", _second(values.is_initializer_name)),
    Order("GRU", "output_dim init inner_init activation inner_activation W_regularizer U_regularizer b_regularizer "
          "dropout_W dropout_U", _second(values.is_initializer_name)),
    Order("SimpleRNN", "output_dim init inner_init activation W_regularizer U_regularizer b_regularizer dropout_W "
          "dropout_U", _second(values.is_initializer_name)),
    Order("Conv1D", f"nb_filter filter_length init activation weights border_mode subsample_length {_WEIGHTS} bias "
          "input_dim input_length", _is_string_at(2)),
    Order("Conv2D", f"nb_filter nb_row nb_col init activation weights border_mode {_CONV_END}", _is_string_at(3),
          "0.x 1.x 2.x", "tf2.0"),
    Order("Conv2DTranspose", f"nb_filter nb_row nb_col output_shape init activation weights border_mode {_CONV_END}",
          _at(3, lambda x: isinstance(x, tuple)), "1.x 2.x", "tf2.0"),
    Order("SeparableConv2D", "nb_filter nb_row nb_col init activation weights border_mode subsample depth_multiplier "
          "dim_ordering", _is_string_at(3), "1.x 2.x", "tf2.0"),
    Order("Conv3D", f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 init activation weights border_mode {_CONV_END}",
          _is_string_at(4), "0.x 1.x 2.x", "tf2.0"),
    Order("ConvLSTM2D", "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation "
          "dim_ordering border_mode subsample", _is_string_at(3), "1.x 2.x", "tf2.0"),
    Order("Embedding", "input_dim output_dim init input_length W_regularizer activity_regularizer W_constraint "
          "mask_zero weights dropout", _at(3, values.is_number)),
    Order("BatchNormalization", "epsilon mode axis momentum weights beta_init gamma_init gamma_regularizer "
          "beta_regularizer", _at(0, values.is_fraction)),
    Order("PReLU", "init weights shared_axes", _at(1, lambda x: isinstance(x, list))),
    Order("Lambda", "function output_shape arguments", _at(2, lambda x: isinstance(x, dict))),
    Order("InputLayer", "input_shape batch_input_shape input_dtype input_tensor sparse name",
          _second(lambda x: isinstance(x, (tuple, list)))),
    Order("SGD", "lr momentum decay nesterov", _at(2, values.is_fraction), _ALL, "tf2.0"),
    Order("RMSprop", "lr rho epsilon decay", None, _ALL, "tf2.0"),
    Order("Adagrad", "lr epsilon decay", None, _ALL, "tf2.0"),
    Order("Adadelta", "lr rho epsilon decay", None, _ALL, "tf2.0"),
    Order("Adam", "lr beta_1 beta_2 epsilon decay", _at(4, values.is_fraction), _ALL, "tf2.0"),
    Order("Adamax", "lr beta_1 beta_2 epsilon decay", None, _ALL, "tf2.0"),
    Order("Nadam", "lr beta_1 beta_2 epsilon schedule_decay", None, _ALL, "tf2.0"),
    Order("EarlyStopping", "monitor patience verbose mode", None, "0.x", "1.0"),
    Order("ModelCheckpoint", "filepath monitor verbose save_best_only mode", _is_string_at(4), "0.x", "1.0"),
    Order("Model.compile", "optimizer loss class_mode", _at(2, lambda x: isinstance(x, str)), "0.x", "1.0"),
    Order("Model.compile", "optimizer loss metrics loss_weights sample_weight_mode weighted_metrics",
          _at(2, values.names_metrics), "1.x 2.x", "tf2.0"),
    Order("Model.fit", "x y batch_size epochs verbose callbacks validation_split validation_data shuffle show_accuracy "
          "class_weight sample_weight", None, "0.x", "1.0"),
    Order("Model.train_on_batch", "x y accuracy class_weight sample_weight", None, "0.x", "1.0"),
    Order("Model.train_on_batch", "x y class_weight sample_weight", _at(2, lambda x: isinstance(x, dict)), "1.x 2.x",
          "1.0"),
]  # fmt: skip

DEFAULTS = [
    #       callables          argument                value              since   before
    Default("LSTM GRU LSTMCell GRUCell", "recurrent_activation", "hard_sigmoid", "0.3", "2.3"),
    Default("ConvLSTM2D", "recurrent_activation", "hard_sigmoid", "0.3", "3"),
    Default("GRU GRUCell", "reset_after", False, "0.3", "tf2.0"),
    Default("AveragePooling1D AveragePooling2D AveragePooling3D", "pool_size", 2, "0.3", ""),
    Default("Conv1D", "kernel_initializer", "uniform", "0.3", "1.0"),
    Default("BatchNormalization", "epsilon", 1e-6, "0.3", "1.0"),
    Default("BatchNormalization", "momentum", 0.9, "0.3", "1.0"),
    Default("RMSprop Adagrad Adadelta", "epsilon", 1e-6, "0.3", "1.0"),
    Default("Adam Adamax", "epsilon", 1e-8, "0.3", "2.2"),
    Default("RMSprop Adagrad Adadelta Nadam", "epsilon", 1e-8, "1.0", "2.2"),
    Default("Adagrad", "learning_rate", 0.01, "0.3", "tf2.0"),
    Default("Adagrad", "initial_accumulator_value", 0.0, "0.3", "tf2.0"),
    Default("Adadelta", "learning_rate", 1.0, "0.3", "tf2.0"),
    Default("Adamax Nadam", "learning_rate", 0.002, "0.3", "tf2.0"),
    Default("Orthogonal", "gain", 1.1, "0.3", "2.0"),
    Default("Model.fit", "epochs", 100, "0.3", "1.0"),
    Default("Model.fit", "epochs", 10, "1.0", "2.2"),
    Default("Model.fit Model.evaluate Model.predict", "batch_size", 128, "0.3", "1.0"),
    Default("Model.predict", "verbose", 0, "0.3", "tf2.11"),
]  # fmt: skip


class NotTogether(TypeError):
    """An argument was given twice, once by an older name."""


class Translator:
    """Turns the arguments of one call, as some year spelled them, into today's.

    Args:
        where: what it translates for, in messages: 'Dense', 'Model.fit'.
        function: the constructor or function.
        rows, orders, defaults: the entries that are about it.
    """

    def __init__(self, where: str, function: Callable, rows: list[Row], orders: list[Order], defaults: list[Default]):
        self.where = where
        self.rows = rows
        self.orders = orders
        self.defaults = defaults
        parameters = list(inspect.signature(function).parameters.values())
        self.bound = 1 if parameters and parameters[0].name == "self" else 0
        plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.names = [p.name for p in parameters if p.kind in plain][self.bound :]
        self.always = [d.argument for d in defaults if not d.before]
        self.old = {name: row for row in rows for name in _several(row.old) if name not in _several(row.today)}
        self.converted = {name: row for row in rows for name in _several(row.old) if name in _several(row.today)}

    def touches(self, args: tuple, kwargs: dict) -> bool:
        """Whether a call has anything to translate; `args` without self."""
        if (kwargs and not self.old.keys().isdisjoint(kwargs)) or not era.is_today():
            return True
        if self.always and self.always[0] not in kwargs and self.always[0] not in self.names[: len(args)]:
            return True
        if self.converted and not self.converted.keys().isdisjoint(kwargs):
            return True
        return (len(args) > 1 and any(o.when(args) for o in self.orders if o.when)) or (
            len(args) == 1 and any(o.when is not None and o.when(args) for o in self.orders)
        )

    def translate(self, args: tuple, kwargs: dict) -> tuple[tuple, dict, str | None]:
        """Today's arguments, and the release whose defaults the spelling asks for, or None."""
        spoken: set[str] = set()
        order = self._order(args, kwargs)
        if order is not None:
            names = order.order.split()
            if len(args) > len(names):
                raise TypeError(f"{self.where} takes {len(names)} arguments without a name. Got {len(args)}.")
            for name, value in zip(names, args):
                if name in kwargs:
                    raise NotTogether(f"{self.where}: `{name}` was given twice.")
                kwargs = {**kwargs, name: value}
            args = ()
            if set(order.eras.split()) <= {"0.x", "1.x"}:
                spoken.add(order.eras)
            report.note(self.where, f"({', '.join(names[:3])}, ...)", "arguments by name")
        kwargs = dict(kwargs)
        for row in self.rows:
            self._apply(row, args, kwargs, spoken)
        release = _release_spoken(spoken)
        with era.during(release):
            given = {*self.names[: len(args)], *kwargs}
            for default in self.defaults:
                if default.argument not in given and _holds(default):
                    kwargs[default.argument] = default.value
        return args, kwargs, release

    def _order(self, args: tuple, kwargs: dict) -> Order | None:
        """The order that the positional arguments are in, or None for today's."""
        if not args:
            return None
        for order in self.orders:
            if order.when is not None and order.when(args):
                return order
        common = {
            order: _same_beginning(order.order.split(), self.names, self) for order in self.orders if order.before
        }
        unclear = [order for order, same in common.items() if len(args) > same]
        for order in unclear:
            olds = set(order.order.split()) - set(self.names)
            if not olds.isdisjoint(kwargs) and set(order.eras.split()) <= {"0.x", "1.x"}:
                return order
            if era.before(order.before) and (order.when is None or self._fits(order, args)):
                return order
        return None

    def _fits(self, order: Order, args: tuple) -> bool:
        """Whether arguments that could mean either are of the kind that an older order needs."""
        names = order.order.split()
        for name, value in zip(names, args):
            if name in ("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3") and not values.is_number(
                value
            ):
                return False
            if name == "epsilon" and not values.is_number(value):
                return False
            if name in ("init", "inner_init") and isinstance(value, str) and not values.is_initializer_name(value):
                return False
        return len(args) <= len(names) and not order.names.startswith(("LSTM", "GRU", "SimpleRNN", "Dense", "Model"))

    def _apply(self, row: Row, args: tuple, kwargs: dict, spoken: set[str]) -> None:
        olds, todays = _several(row.old), _several(row.today)
        given = [kwargs[name] for name in olds if name in kwargs]
        if not given:
            return
        if len(given) < len(olds):
            missing = [name for name in olds if name not in kwargs]
            raise TypeError(
                f"{self.where}: `{missing[0]}` is missing beside {', '.join(n for n in olds if n in kwargs)}."
            )
        for name in todays:
            if name not in olds and (name in kwargs or name in self.names[: len(args)]):
                raise NotTogether(f"{self.where}: give `{name}` or its older name `{olds[0]}`, not both.")
        for name in olds:
            del kwargs[name]
        found = self._converted_value(row, given)
        if not todays:  # one of the values that need nothing done
            pass
        elif len(todays) == 1:
            kwargs[todays[0]] = found
        else:
            kwargs.update(zip(todays, found))
        if olds != todays:
            if set(row.eras.split()) <= {"0.x", "1.x"}:
                spoken.add(row.eras)
            report.note(self.where, ", ".join(olds), ", ".join(todays) or "(left out)")

    def _converted_value(self, row: Row, given: list) -> Any:
        if row.value is None:
            return given[0]
        if callable(row.value):
            return row.value(*given)
        try:
            return row.value[given[0]]
        except (KeyError, TypeError):
            if row.today and given[0] in row.value.values():
                return given[0]
            known = ", ".join(repr(k) for k in row.value)
            raise ValueError(f"{self.where}: `{row.old}` must be one of {known}. Got {given[0]!r}.") from None


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(names, tuple):
        return names
    return (names,) if names else ()


def _same_beginning(order: list[str], names: list[str], translator: Translator) -> int:
    """How many arguments at the beginning an order and today's have in common, by whatever name."""
    same = 0
    for old, today in zip(order, names):
        row = translator.old.get(old)
        if old != today and (row is None or _several(row.today) != (today,) or len(_several(row.old)) > 1):
            break
        same += 1
    return same


def _release_spoken(eras: set[str]) -> str | None:
    """The release whose defaults a call takes that uses spellings of these eras; None if the setting is as old."""
    if not eras or era.before("tf2.0"):  # 2.x understood the spellings of 1.x, and kept its own defaults
        return None
    return "1.2" if any("1.x" in e for e in eras) else "0.3"


def _holds(default: Default) -> bool:
    if not default.before:  # today's release wants the argument, so nothing is read differently
        return True
    return era.before(default.before) and not era.before(default.since)


def entries_for(name: str, table: list) -> list:
    """The rows, orders or defaults about one callable."""
    return [entry for entry in table if name in entry.names.split()]


def names_in(tables: list[list]) -> list[str]:
    """All callables that entries are about, each once."""
    return list(dict.fromkeys(name for table in tables for entry in table for name in entry.names.split()))


def translated(function: Callable, translator: Translator, before: Callable | None = None) -> Callable:
    """`function`, taking the arguments of all years.

    Args:
        function: a constructor, a method, or a function.
        translator: the entries about it.
        before: called with the arguments, self included, in place of `function`; gets `function` first.
    """
    skip = translator.bound
    is_constructor = getattr(function, "__name__", "") == "__init__"

    @functools.wraps(function)
    def older(*args, **kwargs):
        if not translator.touches(args[skip:], kwargs):
            return function(*args, **kwargs) if before is None else before(function, *args, **kwargs)
        today, kwargs, release = translator.translate(args[skip:], kwargs)
        if is_constructor and hasattr(args[0], "_arguments") and getattr(type(args[0]).__init__, "_older", 0) is marker:
            object.__setattr__(args[0], "_arguments", (today, kwargs))
        with era.during(release):
            if before is not None:
                return before(function, *args[:skip], *today, **kwargs)
            return function(*args[:skip], *today, **kwargs)

    marker = object()
    older._older = marker  # type: ignore[attr-defined]
    older.__keras_legacy_arguments__ = set(translator.old)  # type: ignore[attr-defined]
    return older


def apply(module: Any, special: dict[str, Callable] | None = None) -> None:
    """Lets the callables of a module of today take the arguments of all years."""
    rows = TABLES.get(module.__name__, [])
    special = special or {}
    for name in dict.fromkeys([*names_in([rows, ORDERS, DEFAULTS]), *special]):
        owner, _, method = name.rpartition(".")
        if owner:
            cls = vars(module).get(owner)
        else:
            cls, method = vars(module).get(name), "__init__"
        if cls is None:
            continue
        found = [entries_for(name, table) for table in (rows, ORDERS, DEFAULTS)]
        if isinstance(cls, type):
            home = cls if method == "__init__" else _home_of(cls, method)
            function = getattr(home, method)
            setattr(home, method, translated(function, Translator(name, function, *found), special.get(name)))
        elif inspect.isfunction(cls):
            setattr(module, name, translated(cls, Translator(name, cls, *found), special.get(name)))


def _home_of(cls: type, method: str) -> type:
    """The class that defines a method."""
    return next(base for base in cls.__mro__ if method in vars(base))


def load(path: str) -> Any:
    """The object at a dotted path `module:name`."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
