"""The workloads of `workloads.py` in plain PyTorch, as someone who knows it well would write them for speed on a CPU.

    python plain_torch.py NAME [--compile]

Data that fits in memory is indexed, not sent through a DataLoader; optimizers are the fused ones where a CPU has
them; images are in the memory format PyTorch recommends for convolutions on CPUs; and, as in Keras, every epoch counts
the mean loss and the accuracy. Models run eagerly; `--compile` puts `torch.compile` around the model instead.
"""

import sys

import numpy as np
import samples
import timing
import torch
from torch import nn

COMPILE = "--compile" in sys.argv


def train(model, optimizer, loss_function, hits, x, y, batch_size, epochs):
    """Trains `epochs` epochs and returns the mean loss of each."""
    model.train()
    losses = []
    for _ in range(epochs):
        total, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for chosen in torch.randperm(len(x)).split(batch_size):
            outputs, targets = model(x[chosen]), y[chosen]
            loss = loss_function(outputs, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(chosen)
            right += hits(outputs.detach(), targets)
        losses.append(total.item() / len(x))
    return losses


def hits_by_sign(logits, targets):
    return ((logits > 0) == (targets > 0.5)).sum()


def hits_by_class(logits, targets):
    return (logits.argmax(1) == targets).sum()


def no_hits(outputs, targets):
    return torch.zeros((), dtype=torch.int64)


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)


def rmsprop(model):
    # There is no fused RMSprop; foreach is the quicker of its two forms.
    return torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.9, eps=1e-7, foreach=True)


def time_epochs(name, model, optimizer, loss_function, hits, x, y, batch_size, per_run):
    forward = torch.compile(model) if COMPILE else model
    step = (forward, optimizer, loss_function, hits, x, y, batch_size)
    timing.epochs(name, lambda epochs: train(*step, epochs), per_run)


def first_network_data():
    x, y = map(torch.from_numpy, samples.first_network())
    return x, y[:, None]


def first_network_model():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


def first_network_epoch(name):
    x, y = first_network_data()
    model = first_network_model()
    time_epochs(name, model, adam(model), nn.BCEWithLogitsLoss(), hits_by_sign, x, y, batch_size=10, per_run=20)


@torch.inference_mode()
def evaluate(model, x, y):
    model.eval()
    return hits_by_sign(model(x), y).item() / len(x)


def first_network_process(name):
    x, y = first_network_data()
    model = first_network_model()
    forward = torch.compile(model) if COMPILE else model
    losses = train(forward, adam(model), nn.BCEWithLogitsLoss(), hits_by_sign, x, y, 10, epochs=150)
    timing.report(name, None, accuracy=evaluate(forward, x, y), **timing.learned(losses))


def ten_folds(name):
    x, y = first_network_data()
    held_out = iter(range(10))

    def fold():
        test = next(held_out)
        chosen = [row for row in range(len(x)) if row % 10 != test]
        model = first_network_model()
        forward = torch.compile(model) if COMPILE else model
        step = (forward, adam(model), nn.BCEWithLogitsLoss(), hits_by_sign)
        train(*step, x[chosen], y[chosen], batch_size=10, epochs=20)
        return evaluate(forward, x[test::10], y[test::10])

    timing.rounds(name, fold, 9)


# PyTorch has neither `fit`, `predict` nor `train_on_batch`. What a user writes by hand in their place is timed for
# information; it starts, as those calls do, from NumPy arrays and ends with Python numbers or NumPy arrays.


def fit_one_step(name):
    x, y = (part[:10] for part in samples.first_network())
    model = first_network_model()
    step = (model, adam(model), nn.BCEWithLogitsLoss(), hits_by_sign)

    def call():
        train(*step, torch.from_numpy(x), torch.from_numpy(y)[:, None], batch_size=10, epochs=1)

    timing.calls(name, call, informational=True)


def predict_one_row(name):
    x = samples.first_network()[0][:1]
    model = first_network_model().eval()

    @torch.inference_mode()
    def call():
        return torch.sigmoid(model(torch.from_numpy(x))).numpy(force=True)

    timing.calls(name, call, informational=True)


def train_on_batch(name):
    x, y = (part[:10] for part in samples.first_network())
    model = first_network_model()
    optimizer, loss_function = adam(model), nn.BCEWithLogitsLoss()

    def call():
        inputs, targets = torch.from_numpy(x), torch.from_numpy(y)[:, None]
        outputs = model(inputs)
        loss = loss_function(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item(), hits_by_sign(outputs.detach(), targets).item()

    timing.calls(name, call, informational=True)


class LastStep(nn.Module):
    """An LSTM of which only the last output goes on."""

    def __init__(self, features, units, count=1):
        super().__init__()
        self.lstm = nn.LSTM(features, units, num_layers=count, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


def lstm_batch_1(name):
    x, y = map(torch.from_numpy, samples.alphabet())
    model = nn.Sequential(LastStep(1, 32), nn.Linear(32, 26))
    step = (model, adam(model), nn.CrossEntropyLoss(), hits_by_class, x, y.argmax(1))
    time_epochs(name, *step, batch_size=1, per_run=20)


def stacked_lstm(name):
    x, y = map(torch.from_numpy, samples.sequences())
    model = nn.Sequential(LastStep(16, 32, count=3), nn.Linear(32, 10))
    step = (model, rmsprop(model), nn.CrossEntropyLoss(), hits_by_class, x, y.argmax(1))
    time_epochs(name, *step, batch_size=64, per_run=10)


def embedding_lstm(name):
    x, y = map(torch.from_numpy, samples.tokens())
    model = nn.Sequential(nn.Embedding(1024, 256), LastStep(256, 128), nn.Dropout(0.5), nn.Linear(128, 1))
    step = (model, rmsprop(model), nn.BCEWithLogitsLoss(), hits_by_sign, x, y[:, None])
    time_epochs(name, *step, batch_size=16, per_run=2)


class MeanStep(nn.Module):
    def forward(self, x):
        return x.mean(1)


def transformer(name):
    x, y = map(torch.from_numpy, samples.tokens())
    blocks = [nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True) for _ in range(2)]
    model = nn.Sequential(nn.Embedding(1024, 64), *blocks, MeanStep(), nn.Linear(64, 1))
    step = (model, adam(model), nn.BCEWithLogitsLoss(), hits_by_sign, x, y[:, None])
    time_epochs(name, *step, batch_size=32, per_run=2)


def perceptron(name):
    x, y = map(torch.from_numpy, samples.flat_images())
    model = nn.Sequential(
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 10),
    )
    step = (model, rmsprop(model), nn.CrossEntropyLoss(), hits_by_class, x, y.long())
    time_epochs(name, *step, batch_size=128, per_run=3)


def images(rows, size, channels):
    x, y = map(torch.from_numpy, samples.images(rows, size, channels))
    return x.permute(0, 3, 1, 2).to(memory_format=torch.channels_last), y.long()


def convolutional(name):
    x, y = images(2560, 28, 1)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * 12 * 12, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    ).to(memory_format=torch.channels_last)
    step = (model, adam(model), nn.CrossEntropyLoss(), hits_by_class, x, y)
    time_epochs(name, *step, batch_size=128, per_run=1)


def vgg_like(name):
    x, y = images(128, 100, 3)
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.Conv2d(64, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * 22 * 22, 256),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(256, 10),
    ).to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, fused=True)
    time_epochs(name, model, sgd, nn.CrossEntropyLoss(), hits_by_class, x, y, batch_size=32, per_run=2)


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.first = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(filters)
        self.shortcut = nn.Identity()
        if stride > 1:
            narrower = nn.Conv2d(channels, filters, 1, stride, bias=False)
            self.shortcut = nn.Sequential(narrower, nn.BatchNorm2d(filters))

    def forward(self, x):
        y = torch.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        return torch.relu(y + self.shortcut(x))


def residual(name):
    x, y = images(1280, 32, 3)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        Block(16, 16, 1),
        Block(16, 32, 2),
        Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    ).to(memory_format=torch.channels_last)
    step = (model, adam(model), nn.CrossEntropyLoss(), hits_by_class, x, y)
    time_epochs(name, *step, batch_size=64, per_run=2)


def separable(name):
    x, y = images(640, 32, 3)
    parts = [nn.Conv2d(3, 32, 3, padding=1), nn.ReLU()]
    channels = 32
    for filters, stride in [(64, 1), (128, 2), (128, 1), (256, 2)]:
        parts += [
            nn.Conv2d(channels, channels, 3, stride, padding=1, groups=channels, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, filters, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
        ]
        channels = filters
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10)]
    model = nn.Sequential(*parts).to(memory_format=torch.channels_last)
    step = (model, adam(model), nn.CrossEntropyLoss(), hits_by_class, x, y)
    time_epochs(name, *step, batch_size=64, per_run=2)


def autoencoder(name):
    x, _ = images(640, 32, 3)
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, 2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, 2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 64, 3, 2, padding=1, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, 2, padding=1, output_padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 3, 3, padding=1),
    ).to(memory_format=torch.channels_last)
    time_epochs(name, model, adam(model), nn.MSELoss(), no_hits, x, x, batch_size=64, per_run=2)


def vgg16_four_photographs(name):
    """VGG16 with new weights: what `predict` does, from a NumPy array to one."""
    x = np.random.default_rng(0).uniform(-120, 150, (4, 224, 224, 3)).astype("float32")
    parts, channels = [], 3
    for filters, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            parts += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        parts.append(nn.MaxPool2d(2))
    parts += [nn.Flatten(), nn.Linear(7 * 7 * 512, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    model = nn.Sequential(*parts, nn.Linear(4096, 1000), nn.Softmax(1)).eval().to(memory_format=torch.channels_last)
    forward = torch.compile(model) if COMPILE else model

    @torch.inference_mode()
    def call():
        return forward(torch.from_numpy(x).permute(0, 3, 1, 2)).numpy(force=True)

    timing.calls(name, call, most=20, budget=30.0)


WORKLOADS = [
    first_network_epoch,
    first_network_process,
    ten_folds,
    fit_one_step,
    predict_one_row,
    train_on_batch,
    lstm_batch_1,
    stacked_lstm,
    embedding_lstm,
    transformer,
    perceptron,
    convolutional,
    vgg_like,
    residual,
    separable,
    autoencoder,
    vgg16_four_photographs,
]

if __name__ == "__main__":
    {workload.__name__: workload for workload in WORKLOADS}[sys.argv[1]](sys.argv[1])
