"""The workloads of gpu.py in PyTorch: the larger ones, and those of plain_torch.py moved to the GPU.

python gpu_torch.py NAME DTYPE [--compile] [--smoke]
"""

import contextlib
import statistics
import sys
import time

import gpu_sizes
import timing
import torch
from torch import nn
from torch.nn import functional as F

COMPILE, SMOKE = "--compile" in sys.argv, "--smoke" in sys.argv
DEVICE = "cpu" if SMOKE else "cuda"


class Bottleneck(nn.Module):
    """A block of ResNet50."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        steps, sizes = (stride, 1, 1), (1, 3, 1)
        widths = (channels, filters, filters, 4 * filters)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, k, s, padding=k // 2) for a, b, k, s in zip(widths, widths[1:], sizes, steps)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[1:])
        self.shortcut = nn.Identity()
        if channels != 4 * filters:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, 4 * filters, 1, stride), nn.BatchNorm2d(4 * filters))

    def forward(self, x):
        y = x
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            y = norm(convolution(y))
            y = y if i == 2 else torch.relu(y)
        return torch.relu(y + self.shortcut(x))


def resnet50(size):
    x, y = gpu_sizes.images(size)
    parts = [nn.Conv2d(3, 64, 7, 2, padding=3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    channels = 64
    stages = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
    for filters, blocks, stride in stages[: size["stages"]]:
        for i in range(blocks):
            parts.append(Bottleneck(channels, filters, stride if i == 0 else 1))
            channels = 4 * filters
    model = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, gpu_sizes.CLASSES))
    x = torch.from_numpy(x).permute(0, 3, 1, 2).to(memory_format=torch.channels_last)
    return model.to(memory_format=torch.channels_last), x, y


class Encoder(nn.Module):
    """Layers of attention with the normalisation before each part; classifies the mean of their outputs."""

    def __init__(self, size):
        super().__init__()
        units = size["units"]
        self.tokens = nn.Embedding(gpu_sizes.VOCABULARY, units)
        self.positions = nn.Parameter(torch.randn(size["steps"], units) * 0.02)
        settings = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(units, size["heads"], 4 * units, **settings) for _ in range(size["layers"])
        )
        self.norm, self.top = nn.LayerNorm(units), nn.Linear(units, gpu_sizes.CLASSES)

    def forward(self, x):
        h = self.tokens(x) + self.positions
        for layer in self.layers:
            h = layer(h)
        return self.top(self.norm(h).mean(1))


def transformer(size):
    x, y = gpu_sizes.tokens(size)
    return Encoder(size), torch.from_numpy(x), y


class LSTMs(nn.Module):
    """LSTMs on one another; classifies the last output."""

    def __init__(self, size):
        super().__init__()
        self.lstm = nn.LSTM(size["features"], size["units"], num_layers=size["layers"], batch_first=True)
        self.top = nn.Linear(size["units"], gpu_sizes.CLASSES)

    def forward(self, x):
        return self.top(self.lstm(x)[0][:, -1])


def lstms(size):
    x, y = gpu_sizes.sequences(size)
    return LSTMs(size), torch.from_numpy(x), y


LARGER = {"resnet50": resnet50, "transformer": transformer, "lstms": lstms}


def time_larger(name, dtype):
    """Trains, and prints the seconds of a step."""
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high")  # as jax does by itself
    size = gpu_sizes.SIZES[SMOKE][name]
    model, x, y = LARGER[name](size)
    model, x, y = model.to(DEVICE), x.to(DEVICE), torch.from_numpy(y).long().to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    forward = torch.compile(model) if COMPILE else model
    half = torch.autocast(DEVICE, torch.bfloat16) if dtype == "bfloat16" else contextlib.nullcontext()

    def train(epochs):
        total = torch.zeros((), device=DEVICE)
        for _ in range(epochs):
            for chosen in torch.randperm(len(x), device=DEVICE).split(size["batch"]):
                with half:
                    loss = F.cross_entropy(forward(x[chosen]), y[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.detach()
        return total.item()  # waits for the GPU

    total, times = train(2), []  # compiles
    for _ in range(3):
        began = time.perf_counter()
        total += train(size["epochs"])
        times.append((time.perf_counter() - began) / size["epochs"] / gpu_sizes.BATCHES)
    if total != total:
        raise SystemExit("the loss is not finite")
    timing.report(f"{name} {dtype}", statistics.median(times), times=times)


def time_first(name):
    """A workload of plain_torch.py, with everything on the GPU."""
    if not SMOKE:
        from_numpy = torch.from_numpy
        torch.set_default_device(DEVICE)
        torch.from_numpy = lambda array: from_numpy(array).to(DEVICE)
    import plain_torch

    {workload.__name__: workload for workload in plain_torch.WORKLOADS}[name](name)


if __name__ == "__main__":
    if not SMOKE and not torch.cuda.is_available():
        raise SystemExit("PyTorch sees no GPU in this environment: install a build with CUDA into it")
    if sys.argv[1] in LARGER:
        time_larger(sys.argv[1], sys.argv[2])
    else:
        time_first(sys.argv[1])
