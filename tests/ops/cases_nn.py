"""Cases of neural network and image operations, with plain loops as references."""

from __future__ import annotations

import itertools
import math

import numpy as np
import scipy.special

from ops.cases_numpy import CASES, CUBE, ROW, TRUTHS, X, Y, array, case, flat  # noqa: F401

__all__ = ["CASES"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def softmax(x, axis=-1):
    return np.exp(x) / np.sum(np.exp(x), axis, keepdims=True)


# --- activations

for name, function in [
    ("celu", lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    ("elu", elu),
    ("gelu", lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))),
    ("hard_shrink", lambda x: np.where(abs(x) > 0.5, x, 0)),
    ("hard_sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1)),
    ("hard_silu", lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    ("hard_tanh", lambda x: np.clip(x, -1, 1)),
    ("leaky_relu", lambda x: np.where(x > 0, x, 0.2 * x)),
    ("log_sigmoid", lambda x: np.log(sigmoid(x))),
    ("relu", lambda x: np.maximum(x, 0)),
    ("relu6", lambda x: np.clip(x, 0, 6)),
    ("selu", lambda x: 1.05070098 * elu(x, 1.67326324)),
    ("sigmoid", sigmoid),
    ("silu", lambda x: x * sigmoid(x)),
    ("soft_shrink", lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0)),
    ("softplus", lambda x: np.log1p(np.exp(x))),
    ("softsign", lambda x: x / (1 + abs(x))),
    ("sparse_plus", lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))),
    ("sparse_sigmoid", lambda x: np.clip((x + 1) / 2, 0, 1)),
    ("squareplus", lambda x: (x + np.sqrt(x**2 + 4)) / 2),
    ("tanh_shrink", lambda x: x - np.tanh(x)),
]:
    case(name, X + 0.1, expected=function)
case("gelu", X, expected=lambda x, approximate: x * scipy.special.ndtr(x), approximate=False)
case("elu", X, 0.5, expected=elu)
case("celu", X, 0.5, expected=lambda x, a: np.where(x > 0, x, a * (np.exp(x / a) - 1)))
case("threshold", X, 0.6, -7.0, expected=lambda x, t, v: np.where(x > t, x, v))
case("glu", CUBE, expected=CUBE[..., :2] * sigmoid(CUBE[..., 2:]))
case("softmax", X, expected=softmax)
case("softmax", X, expected=softmax, axis=0)
case("softmax", X, expected=lambda x, axis: softmax(x.ravel()).reshape(x.shape), axis=None)
case("log_softmax", X, expected=lambda x: np.log(softmax(x)))
# 1.25 and 2.5 differ by more than 1, so the second takes all
case("sparsemax", array(0.5, 0.25, -3.0, 1.25, 2.5).reshape(1, 5), expected=[[0, 0, 0, 0, 1]])
case("sparsemax", array(0.5, 0.25, -3.0), expected=[0.625, 0.375, 0])

# --- normalization

case("moments", CUBE, expected=lambda x, axes: (x.mean((0, 2)), x.var((0, 2))), axes=[0, 2])
case(
    "moments",
    X,
    expected=lambda x, axes, keepdims: (x.mean(1, keepdims=True), x.var(1, keepdims=True)),
    axes=[1],
    keepdims=True,
)
case(
    "batch_normalization", X, ROW, ROW + 1, expected=lambda x, m, v, axis: (x - m) / np.sqrt(v + 1e-3), axis=-1,
    fixed=("batch",),
)  # fmt: skip
case(
    "batch_normalization", CUBE, ROW, ROW + 1, 1, array(1, 2, 3), array(2, 1, 4), fixed=("batch",),
    expected=lambda x, m, v, axis, offset, scale: (x - m[:, None]) / np.sqrt(v + 1e-3)[:, None] * scale[:, None]
    + offset[:, None],
)  # fmt: skip


def standardized(x, axis=-1):
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + 1e-7)


case("layer_normalization", X, ROW, ROW + 1, expected=lambda x, g, b: standardized(x) * g + b, fixed=("batch",))
case("layer_normalization", CUBE, expected=lambda x, axis: standardized(x, (1, 2)), axis=(1, 2))
case(
    "rms_normalization",
    X,
    ROW,
    expected=lambda x, s: x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-7) * s,
    fixed=("batch",),
)
case("normalize", X, expected=lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))
case("normalize", X, expected=lambda x, order, axis: x / np.linalg.norm(x, order, 0, keepdims=True), order=3, axis=0)
case("normalize", np.zeros((1, 2), "float32"), expected=[[0, 0]], slope=False)

# --- losses

CHANCES = softmax(X)
case(
    "categorical_crossentropy",
    CHANCES[::-1].copy(),
    CHANCES,
    expected=lambda t, p: -(t * np.log(p)).sum(-1),
    slope=False,
)
case(
    "categorical_crossentropy",
    CHANCES[::-1].copy(),
    X,
    expected=lambda t, x, from_logits: -(t * np.log(softmax(x))).sum(-1),
    from_logits=True,
)
case("sparse_categorical_crossentropy", np.array([2, 0]), CHANCES, expected=-np.log(CHANCES[[0, 1], [2, 0]]))
case(
    "sparse_categorical_crossentropy",
    np.array([[2], [0]]),
    X,
    expected=-np.log(CHANCES[[0, 1], [2, 0]]),
    from_logits=True,
)
case("sparse_categorical_crossentropy", np.array([5, -1]), X, expected=[0, 0], from_logits=True, slope=False)
BITS = np.array([[1, 0, 1], [0, 0, 1]], "float32")
case("binary_crossentropy", BITS, CHANCES, expected=lambda t, p: -t * np.log(p) - (1 - t) * np.log(1 - p))
case(
    "binary_crossentropy",
    BITS,
    X,
    expected=lambda t, x, from_logits: -np.log(np.where(t == 1, sigmoid(x), 1 - sigmoid(x))),
    from_logits=True,
)

FRAMES = np.sin(np.arange(24, dtype="float32")).reshape(2, 4, 3) * 2


def ctc_by_all_paths(target, output, target_length, output_length, mask_index=0):
    """The sum over all paths that become the target once repeats and blanks are dropped."""
    costs = []
    for labels, x, n, frames in zip(target, output, target_length, output_length):
        p = softmax(x)
        total = 0.0
        for path in itertools.product(range(x.shape[-1]), repeat=int(frames)):
            merged = [c for c, _ in itertools.groupby(path) if c != mask_index]
            if merged == list(labels[:n]):
                total += math.prod(p[t, c] for t, c in enumerate(path))
        costs.append(-math.log(total))
    return np.array(costs)


LABELS, COUNTS, LENGTHS = np.array([[1, 1], [2, 0]]), np.array([2, 1]), np.array([4, 3])
case("ctc_loss", LABELS, FRAMES, COUNTS, LENGTHS, expected=ctc_by_all_paths)
case("ctc_loss", LABELS, FRAMES, COUNTS * 0, LENGTHS, expected=ctc_by_all_paths, mask_index=2)
case("psnr", X, Y, 4.0, expected=lambda x, y, m: 10 * np.log10(m**2 / ((x - y) ** 2).mean()))

# --- convolutions, by a loop over the places of the window

IMAGES = np.sin(np.arange(2 * 5 * 6 * 2, dtype="float32") * 0.7).reshape(2, 5, 6, 2)
KERNEL = np.cos(np.arange(3 * 2 * 2 * 4, dtype="float32")).reshape(3, 2, 2, 4)


def windows(x, window, strides, padding="valid", dilation=1, fill=0.0):
    """(samples, *places, *window, channels) of a batch with channels last."""
    n = len(window)
    strides = (strides,) * n if isinstance(strides, int) else strides
    dilation = (dilation,) * n if isinstance(dilation, int) else dilation
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation)]
    if padding == "same":
        more = [max((math.ceil(s / t) - 1) * t + r - s, 0) for s, t, r in zip(x.shape[1:], strides, reach)]
        x = np.pad(x, [(0, 0), *((m // 2, m - m // 2) for m in more), (0, 0)], constant_values=fill)
    places = [range(0, s - r + 1, t) for s, r, t in zip(x.shape[1:], reach, strides)]
    cut = [
        x[(slice(None), *(slice(p, p + r, d) for p, r, d in zip(place, reach, dilation)))]
        for place in itertools.product(*places)
    ]
    return np.stack(cut, 1).reshape(x.shape[0], *map(len, places), *window, x.shape[-1])


def conv(x, kernel, strides=1, padding="valid", dilation_rate=1):
    n = kernel.ndim - 2
    return np.tensordot(windows(x, kernel.shape[:n], strides, padding, dilation_rate), kernel, n + 1)


def depthwise_conv(x, kernel, strides=1, padding="valid", dilation_rate=1):
    seen = windows(x, kernel.shape[:2], strides, padding, dilation_rate)
    y = np.einsum("nhwijc,ijcm->nhwcm", seen, kernel)
    return y.reshape(*y.shape[:3], -1)


def first(function):
    """`function` of channels last as one of channels first."""
    return lambda x, *a, data_format, **k: np.moveaxis(function(np.moveaxis(x, 1, -1), *a, **k), -1, 1)


for settings in [{}, {"strides": 2}, {"padding": "same"}, {"strides": (2, 1), "padding": "same"}, {"dilation_rate": 2}]:
    case("conv", IMAGES, KERNEL, expected=conv, fixed=("batch",), close=1e-4, **settings)
case(
    "conv",
    IMAGES.transpose(0, 3, 1, 2),
    KERNEL,
    expected=first(conv),
    fixed=("batch",),
    close=1e-4,
    padding="same",
    data_format="channels_first",
)
case("conv", IMAGES[:, 0], KERNEL[:, 0], expected=conv, fixed=("batch",), close=1e-4)
case(
    "conv",
    IMAGES[:, :4].reshape(2, 2, 2, 6, 2),
    KERNEL.reshape(2, 1, 3, 2, 4),
    expected=conv,
    fixed=("batch",),
    close=1e-4,
)
case(
    "conv",
    IMAGES,
    KERNEL[:, :, :1],
    expected=lambda x, k: np.concatenate([conv(x[..., :1], k[..., :2]), conv(x[..., 1:], k[..., 2:])], -1),
    fixed=("batch",),
    close=1e-4,
)
case("depthwise_conv", IMAGES, KERNEL, expected=depthwise_conv, fixed=("batch",), close=1e-4)
case("depthwise_conv", IMAGES, KERNEL, expected=depthwise_conv, fixed=("batch",), close=1e-4, strides=2, padding="same")
POINTS = np.ones((1, 1, 8, 3), "float32") * array(1, 2, 3)
case(
    "separable_conv",
    IMAGES,
    KERNEL,
    POINTS,
    expected=lambda x, d, p: conv(depthwise_conv(x, d), p),
    fixed=("batch",),
    close=1e-4,
)


def conv_transpose(x, kernel, strides=1, **_):
    """Every input spread over the window, at `strides` from each other: padding 'valid'."""
    y = np.zeros(
        (
            x.shape[0],
            *((n - 1) * strides + max(k, strides) for n, k in zip(x.shape[1:3], kernel.shape)),
            kernel.shape[-2],
        )
    )
    for i, j in itertools.product(range(x.shape[1]), range(x.shape[2])):
        rows = slice(i * strides, i * strides + kernel.shape[0])
        columns = slice(j * strides, j * strides + kernel.shape[1])
        y[:, rows, columns] += np.einsum("nc,ijfc->nijf", x[:, i, j], kernel)
    return y


BACK = KERNEL.transpose(0, 1, 3, 2)
case("conv_transpose", IMAGES, BACK, expected=conv_transpose, fixed=("batch",), close=1e-4)
case("conv_transpose", IMAGES, BACK, 2, expected=conv_transpose, fixed=("batch",), close=1e-4)
case(
    "conv_transpose",
    IMAGES,
    BACK,
    2,
    "same",
    expected=lambda x, k, s, p: conv_transpose(x, k, s)[:, :10, :12],
    fixed=("batch",),
    close=1e-4,
)
case(
    "conv_transpose",
    IMAGES,
    BACK,
    1,
    "same",
    expected=lambda x, k, s, p: conv_transpose(x, k, s)[:, 1:6, :6],
    fixed=("batch",),
    close=1e-4,
)

# --- pooling


def pool(function, fill=np.nan):
    def run(x, pool_size, strides=None, padding="valid"):
        size = (pool_size,) * (x.ndim - 2) if isinstance(pool_size, int) else pool_size
        seen = windows(x, size, size if strides is None else strides, padding, fill=fill)
        return function(seen, axis=tuple(range(x.ndim - 1, 2 * x.ndim - 3)))

    return run


# no two elements are so near that a small step changes which is the largest
SPREAD = (np.random.RandomState(3).permutation(120) / 10).astype("float32").reshape(2, 5, 6, 2)
for settings in [
    {"pool_size": 2},
    {"pool_size": (5, 3)},
    {"pool_size": (2, 3), "strides": 1},
    {"pool_size": 3, "strides": 2, "padding": "same"},
    {"pool_size": (1, 2), "padding": "same"},
]:
    case("max_pool", SPREAD, expected=pool(np.nanmax), **settings)
    case("average_pool", IMAGES, expected=pool(np.nanmean), **settings)
case("max_pool", SPREAD.transpose(0, 3, 1, 2), 2, expected=first(pool(np.max)), data_format="channels_first")
case("average_pool", IMAGES.transpose(0, 3, 1, 2), 2, expected=first(pool(np.mean)), data_format="channels_first")
case("max_pool", SPREAD[:, 0], 3, expected=pool(np.max))
case("average_pool", IMAGES[:, :4].reshape(2, 2, 2, 6, 2), 2, expected=pool(np.mean))
flat("max_pool", (IMAGES[:, 0] * 9).astype("int32"), 2, 1, expected=pool(np.max))
# three windows over 5 rows: 0-1, 1-3, 3-4
LONG = IMAGES[:, :, 0]
case(
    "adaptive_average_pool",
    LONG,
    3,
    expected=lambda x, n: np.stack([x[:, :2].mean(1), x[:, 1:4].mean(1), x[:, 3:].mean(1)], 1),
)
case(
    "adaptive_max_pool",
    LONG,
    3,
    expected=lambda x, n: np.stack([x[:, :2].max(1), x[:, 1:4].max(1), x[:, 3:].max(1)], 1),
)
case("adaptive_average_pool", IMAGES[:, :4], (2, 3), expected=lambda x, n: pool(np.mean)(x, 2))

# --- attention


def attention(q, k, v, bias=0, mask=True, scale=None, is_causal=False, attn_logits_soft_cap=None, flash_attention=None):
    k, v = (np.repeat(a, q.shape[2] // a.shape[2], 2) for a in (k, v))
    scores = np.einsum("bthd,bshd->bhts", q, k) * (q.shape[-1] ** -0.5 if scale is None else scale) + bias
    if attn_logits_soft_cap:
        scores = np.tanh(scores / attn_logits_soft_cap) * attn_logits_soft_cap
    if is_causal:
        mask = np.logical_and(mask, np.tril(np.ones(scores.shape[2:], bool)))
    return np.einsum("bhts,bshd->bthd", softmax(np.where(mask, scores, -1e30)), v)


QUERY = np.sin(np.arange(2 * 3 * 4 * 2, dtype="float32")).reshape(2, 3, 4, 2)
KEY = np.cos(np.arange(2 * 5 * 2 * 2, dtype="float32")).reshape(2, 5, 2, 2)
VALUE = KEY[..., :1] - 2 * KEY[..., 1:]
HALF = np.arange(2 * 3 * 5).reshape(2, 1, 3, 5) % 3 > 0
case("dot_product_attention", QUERY, KEY, VALUE, expected=attention)
case("dot_product_attention", QUERY, KEY, VALUE, expected=attention, is_causal=True, scale=0.3)
case(
    "dot_product_attention",
    QUERY,
    KEY,
    VALUE,
    np.ones((1, 4, 1, 5), "float32") * CUBE[0, 0, :1],
    HALF,
    expected=attention,
    fixed=("batch",),
)
case("dot_product_attention", QUERY, KEY, VALUE, expected=attention, attn_logits_soft_cap=0.5, flash_attention=False)

# --- patches

BLOCKS = np.arange(2 * 2 * 3 * 8, dtype="float32").reshape(2, 2, 3, 8)


def depth_to_space(x, block_size):
    n, h, w, c = x.shape
    y = np.zeros((n, h * block_size, w * block_size, c // block_size**2))
    for i, j in itertools.product(range(block_size), repeat=2):
        size = c // block_size**2
        start = (i * block_size + j) * size
        y[:, i::block_size, j::block_size] = x[..., start : start + size]
    return y


case("depth_to_space", BLOCKS, 2, expected=depth_to_space)
# with channels first the pixels of one channel are neighbours
STRIPES = np.arange(16).reshape(1, 8, 1, 2)
case(
    "depth_to_space",
    STRIPES,
    2,
    expected=[[[[0, 2, 1, 3], [4, 6, 5, 7]], [[8, 10, 9, 11], [12, 14, 13, 15]]]],
    data_format="channels_first",
    slope=False,
)
case(
    "space_to_depth",
    np.array([[[[0, 2, 1, 3], [4, 6, 5, 7]]]]),
    2,
    expected=STRIPES[:, :4],
    data_format="channels_first",
    slope=False,
)
case("space_to_depth", depth_to_space(BLOCKS, 2).astype("float32"), 2, expected=BLOCKS)


def unfold(x, size, dilation=1, padding=0, stride=1):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).transpose(0, 2, 3, 1)
    seen = windows(x, size, stride, dilation=dilation)
    return seen.transpose(0, 5, 3, 4, 1, 2).reshape(x.shape[0], -1, seen.shape[1] * seen.shape[2])


PLANES = IMAGES.transpose(0, 3, 1, 2)
case("unfold", PLANES, (2, 3), expected=unfold, padding=1, stride=2)
case("unfold", PLANES, (2, 2), 2, expected=unfold)
# every pixel comes back as often as windows cover it
COVER = np.outer([1, 2, 2, 2, 1], [1, 2, 2, 2, 2, 1])
case("fold", unfold(PLANES, (2, 2)), (5, 6), 2, expected=PLANES * COVER)
case("image.extract_patches", IMAGES, (2, 3), expected=windows(IMAGES, (2, 3), (2, 3)).reshape(2, 2, 2, 12))
case(
    "image.extract_patches",
    IMAGES,
    2,
    expected=windows(IMAGES, (2, 2), 1, "same", 2).reshape(2, 5, 6, 8),
    strides=1,
    padding="same",
    dilation_rate=2,
)
VOLUMES = IMAGES[:, :4].reshape(2, 2, 2, 6, 2)
case(
    "image.extract_patches_3d",
    VOLUMES,
    (1, 2, 3),
    expected=windows(VOLUMES, (1, 2, 3), (1, 2, 3)).reshape(2, 2, 1, 2, 12),
)

# --- images

COLOURS = array(1, 0, 0, 0.5, 0.5, 0.5, 0.2, 0.4, 0.8, 0, 0.5, 0.25).reshape(1, 2, 2, 3)
HUES = array(0, 1, 1, 0, 0, 0.5, 11 / 18, 0.75, 0.8, 5 / 12, 1, 0.5).reshape(1, 2, 2, 3)
case("image.rgb_to_hsv", COLOURS, expected=HUES, slope=False)
case("image.hsv_to_rgb", HUES, expected=COLOURS, slope=False)
case("image.rgb_to_grayscale", COLOURS, expected=(COLOURS @ array(0.2989, 0.587, 0.114))[..., None])
RAMP = np.arange(16, dtype="float32").reshape(4, 4, 1)
case("image.resize", RAMP, (2, 2), expected=RAMP[[[0], [2]], [0, 2]] + 2.5)
case("image.resize", RAMP, (2, 2), expected=RAMP[1::2, 1::2], interpolation="nearest")
case(
    "image.resize",
    RAMP,
    (8, 4),
    expected=np.interp((np.arange(8) + 0.5) / 2 - 0.5, range(4), range(0, 16, 4))[:, None, None] + RAMP[0],
)
case("image.resize", RAMP, (2, 1), expected=[[[3.5]], [[11.5]]], crop_to_aspect_ratio=True, fixed=("batch",))
case("image.crop_images", RAMP, 1, 0, expected=RAMP[1:3, :2], target_height=2, target_width=2, fixed=("batch",))
case(
    "image.pad_images",
    RAMP,
    1,
    expected=np.pad(RAMP, ((1, 2), (0, 1), (0, 0))),
    bottom_padding=2,
    left_padding=0,
    target_width=5,
    fixed=("batch",),
)
SPOT = np.zeros((5, 5, 1), "float32")
SPOT[2, 2] = 1
BELL = np.exp(-(np.arange(-1, 2) ** 2) / 2)
BELL /= BELL.sum()
case("image.gaussian_blur", SPOT, expected=np.pad(np.outer(BELL, BELL), 1)[..., None])
SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])[..., None, None]
EDGES = [conv(RAMP[None], k, padding="same") for k in (SOBEL, SOBEL.swapaxes(0, 1))]
case("image.sobel_edges", RAMP[None], expected=np.stack(EDGES, -1), close=1e-4)
MOVE = array(1, 0, 0.5, 0, 1, 1, 0, 0)
case(
    "image.affine_transform",
    RAMP,
    MOVE,
    expected=np.pad((RAMP[1:, :-1] + RAMP[1:, 1:]) / 2, ((0, 1), (0, 1), (0, 0)), constant_values=0)
    + np.pad(RAMP[1:, 3:] / 2, ((0, 1), (3, 0), (0, 0))),
    slope=False,
    fixed=("batch",),
)
case(
    "image.affine_transform",
    RAMP,
    MOVE,
    "nearest",
    "nearest",
    expected=RAMP[[[1], [2], [3], [3]], [1, 2, 3, 3]],
    slope=False,
    fixed=("batch",),
)
CORNERS = array(0, 0, 0, 3, 3, 0, 3, 3).reshape(4, 2)
case(
    "image.perspective_transform",
    RAMP,
    CORNERS,
    CORNERS[:, ::-1].copy(),
    expected=RAMP.transpose(1, 0, 2),
    slope=False,
    close=1e-4,
    fixed=("batch",),
)
case(
    "image.map_coordinates",
    RAMP[..., 0],
    array(0.5, 2.75, 1.5, 1.25).reshape(2, 2),
    1,
    expected=[3.5, 12.25],
    fixed=("batch",),
)
case(
    "image.scale_and_translate",
    RAMP,
    (4, 4, 1),
    array(1, 1),
    array(1, 0),
    (0, 1),
    "linear",
    expected=np.pad(RAMP[:-1], ((1, 0), (0, 0), (0, 0))),
    slope=False,
    fixed=("batch",),
)
PATTERN = np.sin(np.arange(12 * 13, dtype="float32")).reshape(12, 13, 1) / 2 + 0.5
case("image.ssim", PATTERN, PATTERN, expected=1.0, slope=False)
