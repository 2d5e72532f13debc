"""What stands on the screen, in a notebook and in a log file."""

import io
import itertools
import logging
import os
import re
import types

import pytest

import keras.callbacks._progress as progress
from keras import config
from keras.callbacks import Callback, CallbackList, EarlyStopping, LambdaCallback
from keras.callbacks._progress import Progbar

BAR = "━" * 20


class Screen(io.StringIO):
    """A terminal of 80 columns, unless told otherwise; `lines` is what a person sees."""

    def isatty(self):
        return True

    def lines(self):
        rows, column = [""], 0
        for c in re.sub(r"\x1b\[\d*m", "", self.getvalue()):
            if c == "\n":
                rows.append("")
                column = 0
            elif c == "\r":
                column = 0
            else:
                rows[-1] = rows[-1][:column].ljust(column) + c + rows[-1][column + 1 :]
                column += 1
        return [row.rstrip() for row in rows]


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch):
    for name in ("PYCHARM_HOSTED", "NO_COLOR", "WT_SESSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def screen(monkeypatch):
    made = stdout_is(monkeypatch, Screen())
    width(monkeypatch, 80)
    return made


@pytest.fixture
def file(monkeypatch):
    return stdout_is(monkeypatch, io.StringIO())


@pytest.fixture
def notebook(monkeypatch):
    return stdout_is(monkeypatch, type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})())


def stdout_is(monkeypatch, stream):
    """Gives the bars a standard output of their own; pytest's changes between a fixture and its test."""
    monkeypatch.setattr(progress, "sys", types.SimpleNamespace(stdout=stream))
    return stream


def width(monkeypatch, columns):
    monkeypatch.setattr(progress.shutil, "get_terminal_size", lambda: os.terminal_size((columns, 24)))


def train(clock, epochs=2, steps=4, verbose=1, callbacks=(), unknown=False, validation=0.0, seconds=0.25):
    """A run as the loop makes it, with the clock running."""
    known = None if unknown else steps
    made = CallbackList(
        list(callbacks), add_progbar=True, model=types.SimpleNamespace(), verbose=verbose, epochs=epochs, steps=known
    )
    made.on_train_begin()
    for epoch in range(epochs):
        made.on_epoch_begin(epoch)
        for step in range(steps):
            clock.now += seconds
            made.on_progress(step + 1, known, {"loss": 1.0 - step / 8})
        if validation:
            made.on_test_begin()
            clock.now += validation
            made.on_progress(1, 1, {"loss": 9.0})
            made.on_test_end({"loss": 9.0})
        made.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 0.25})
    made.on_train_end()


def test_a_file_gets_one_line_per_epoch_and_nothing_else(clock, file):
    train(clock)
    line = f"4/4 {BAR} 1s 250ms/step - loss: 0.5000 - val_loss: 0.2500\n"
    assert file.getvalue() == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


def test_auto_is_a_bar(clock, file):
    train(clock, epochs=1, verbose="auto")
    assert file.getvalue() == f"4/4 {BAR} 1s 250ms/step - loss: 0.5000 - val_loss: 0.2500\n"


def test_verbose_2_is_one_line_per_epoch_without_a_bar(clock, file):
    train(clock, epochs=1, verbose=2)
    assert file.getvalue() == "4/4 - 1s - 250ms/step - loss: 0.5000 - val_loss: 0.2500\n"


def test_verbose_2_draws_nothing_in_between_on_a_terminal_either(clock, screen):
    train(clock, epochs=1, verbose=2)
    assert screen.getvalue() == "4/4 - 1s - 250ms/step - loss: 0.5000 - val_loss: 0.2500\n"


@pytest.mark.parametrize("verbose", [0, False])
def test_verbose_0_is_silent(clock, file, verbose):
    train(clock, verbose=verbose)
    assert file.getvalue() == ""


def test_a_verbosity_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match=r"`verbose` must be one of 'auto', 0, 1, 2. Got 'loud'"):
        CallbackList(add_progbar=True, verbose="loud")


def test_a_terminal_shows_one_line_that_is_redrawn(clock, screen):
    train(clock, epochs=1)
    assert screen.lines() == [f"4/4 {BAR} 1s 250ms/step - loss: 0.5000 - val_loss: 0.2500", ""]
    drawn = re.sub(r"\x1b\[\d*m", "", screen.getvalue()).split("\r")[1:]
    assert [d.split()[1].count("━") for d in drawn] == [5, 10, 15, 20, 20]
    assert [d.split()[2] for d in drawn] == ["0s", "0s", "0s", "0s", "1s"]


def test_the_terminal_bar_is_green_unless_colours_are_unwanted(clock, screen, monkeypatch):
    train(clock, epochs=1)
    assert f"\x1b[32m{BAR}\x1b[0m" in screen.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    at = screen.tell()
    train(clock, epochs=1)
    assert "\x1b" not in screen.getvalue()[at:]


def test_the_bar_is_drawn_at_most_ten_times_a_second(clock, screen):
    train(clock, epochs=1, steps=1000, seconds=0.001)
    assert 8 <= screen.getvalue().count("\r") <= 12


def test_a_notebook_sees_at_most_two_drawings_a_second_and_no_colours(clock, notebook):
    train(clock, epochs=1, steps=1000, seconds=0.001)
    text = notebook.getvalue()
    assert 2 <= text.count("\r") <= 4
    assert "\x1b" not in text
    assert text.endswith(" - loss: 0.5000 - val_loss: 0.2500\n")


def test_a_shorter_line_leaves_nothing_of_the_longer_one_behind(clock, screen):
    bar = Progbar(3, interval=0, stateful_metrics=["a", "b"])
    bar.update(1, [("a", "a rather long value"), ("b", 1.0)])
    bar.update(2, [("a", "x")])
    assert screen.lines() == ["2/3 ━━━━━━━━━━━━━─────── 0s 0s/step - a: x - b: 1.0000"]


def test_a_long_line_is_cut_to_the_terminal_while_it_is_redrawn_and_whole_at_the_end(clock, screen, monkeypatch):
    width(monkeypatch, 40)
    bar = Progbar(2, interval=0)
    bar.update(1, [("a_name_of_many_letters", 1.0)])
    assert screen.lines() == ["1/2 ━━━━━━━━━━────────── 0s 0s/step - a_"[:39]]
    bar.update(2, [("a_name_of_many_letters", 1.0)])
    assert screen.lines() == [f"2/2 {BAR} 0s 0s/step - a_name_of_many_letters: 1.0000", ""]


def test_wide_characters_count_as_two_columns(clock, screen, monkeypatch):
    width(monkeypatch, 42)
    Progbar(2, interval=0).update(1, [("損失", 1.0)])
    # 38 columns up to the name, two for its first character, and 41 is the most
    assert screen.lines() == ["1/2 ━━━━━━━━━━────────── 0s 0s/step - 損"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_where_the_bar_cannot_be_encoded_it_is_plain(clock, monkeypatch, encoding):
    raw = io.BytesIO()
    stdout_is(monkeypatch, io.TextIOWrapper(raw, encoding=encoding, newline=""))
    Progbar(2).update(2, [("損失", 1.0)])
    assert raw.getvalue().decode(encoding) == f"2/2 {'=' * 20} 0s 0s/step - ??: 1.0000\n"


def test_a_half_done_plain_bar_has_dots(clock, monkeypatch):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="")
    stream.isatty = lambda: True
    stdout_is(monkeypatch, stream)
    Progbar(4).update(1)
    assert raw.getvalue() == b"\r1/4 =====............... 0s 0s/step"


def test_without_a_number_of_steps_they_are_counted(clock, screen):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=None)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    clock.now += 1
    callbacks.on_progress(3, None, {"loss": 2.0})
    assert screen.lines()[-1] == "3/Unknown 1s 333ms/step - loss: 2.0000"
    callbacks.on_epoch_end(0, {"loss": 2.0})
    assert screen.lines()[-2] == f"3/3 {BAR} 1s 333ms/step - loss: 2.0000"
    # the next epoch knows how long the first was
    callbacks.on_epoch_begin(1)
    callbacks.on_progress(1, None, {"loss": 2.0})
    assert screen.lines()[-1].startswith("1/3 ━━━━━━─")


def test_an_epoch_of_unknown_length_that_nobody_told_of_has_no_made_up_count(clock, file):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=None)
    callbacks.on_epoch_begin(0)
    callbacks.on_epoch_end(0, {"loss": 2.0})
    assert file.getvalue() == "0/Unknown 0s 0s/step - loss: 2.0000\n"


def test_values_stand_in_the_order_of_their_names_and_at_the_end_in_that_of_the_logs(clock, screen):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=2)
    callbacks.on_epoch_begin(0)
    callbacks.on_progress(1, 2, {"loss": 1.0, "accuracy": 0.5})
    assert screen.lines()[-1].endswith(" - accuracy: 0.5000 - loss: 1.0000")
    callbacks.on_epoch_end(0, {"loss": 1.0, "accuracy": 0.5, "learning_rate": 0.25})
    assert screen.lines()[-2].endswith(" - loss: 1.0000 - accuracy: 0.5000 - learning_rate: 0.2500")


def test_steps_are_right_aligned_and_time_left_is_told(clock, screen):
    bar = Progbar(1000, interval=0)
    clock.now += 5
    bar.update(1)
    clock.now += 99 * 10
    bar.update(100)
    assert screen.lines()[-1] == " 100/1000 ━━────────────────── 2:30:00 10s/step"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0s"), (59, "59s"), (65, "1:05"), (3599, "59:59"), (7325, "2:02:05")]
)
def test_time_left_is_shown_as_a_clock(clock, screen, seconds, shown):
    bar = Progbar(2, interval=0)
    clock.now += seconds
    bar.update(1)
    assert screen.lines()[-1].split()[2] == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s/step"), (10e-6, "10us/step"), (0.002, "2ms/step"), (1.6, "2s/step"), (70, "70s/step")],
)
def test_the_pace_is_shown_in_a_fitting_unit(clock, file, seconds, shown):
    bar = Progbar(2)
    clock.now += 2 * seconds
    bar.update(2)
    assert file.getvalue().split()[3] == shown


def test_the_first_steps_with_their_compiling_do_not_count_for_the_pace(clock, file):
    bar = Progbar(11)
    clock.now += 30
    bar.update(1)
    clock.now += 1
    bar.update(11)
    assert file.getvalue() == f"11/11 {BAR} 31s 100ms/step\n"


def test_validation_counts_for_the_time_but_not_for_the_pace(clock, file):
    train(clock, epochs=1, validation=10.0)
    assert file.getvalue().splitlines()[-1] == f"4/4 {BAR} 11s 250ms/step - loss: 0.5000 - val_loss: 0.2500"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.12344, "0.1234"), (12345.678, "12345.6780"), (1.2345e-05, "1.2345e-05"), (-0.0002, "-2.0000e-04"),
        (0, "0.0000"), (0.001, "0.0010"), (float("nan"), "nan"), (float("inf"), "inf"), ([1, 2], "[1, 2]"),
    ],
)  # fmt: skip
def test_values_have_four_places_or_an_exponent(file, value, shown):
    Progbar(1, stateful_metrics=["v"]).update(1, [("v", value)])
    assert file.getvalue().endswith(f" - v: {shown}\n")


def test_values_are_averaged_over_the_steps_they_stand_for(file):
    bar = Progbar(4)
    bar.update(1, [("loss", 1.0)])
    bar.update(4, [("loss", 5.0)])  # three steps
    assert file.getvalue().endswith(" - loss: 4.0000\n")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"stateful_metrics": ["a"]}, " - a: 3.0000 - b: 2.0000\n"),
        ({"stateless_metrics": ["a"]}, " - a: 2.0000 - b: 3.0000\n"),
        ({}, " - a: 2.0000 - b: 2.0000\n"),
    ],
)
def test_which_values_are_averaged_can_be_said(file, names, shown):
    bar = Progbar(2, **names)
    bar.update(1, [("a", 1.0), ("b", 1.0)])
    bar.update(2, [("a", 3.0), ("b", 3.0)])
    assert file.getvalue().endswith(shown)


def test_both_ways_to_say_it_at_once_are_an_error():
    with pytest.raises(ValueError, match="give `stateful_metrics` or `stateless_metrics`, not both"):
        Progbar(2, stateful_metrics=["a"], stateless_metrics=["b"])


def test_add_counts_further_and_the_unit_can_be_named(clock, file):
    bar = Progbar(10, width=5, unit_name="sample")
    bar.add(4, [("loss", 1.0)])
    clock.now += 0.6
    bar.add(6, [("loss", 2.0)])
    assert file.getvalue() == "10/10 ━━━━━ 1s 100ms/sample - loss: 1.6000\n"


def test_evaluate_and_predict_have_bars_of_their_own(clock, file):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=2)
    callbacks.on_test_begin()
    callbacks.on_test_end({"accuracy": 0.75, "loss": 0.5})
    callbacks.on_predict_begin()
    callbacks.on_predict_end()
    assert file.getvalue() == f"2/2 {BAR} 0s 0s/step - accuracy: 0.7500 - loss: 0.5000\n2/2 {BAR} 0s 0s/step\n"


def test_the_hooks_of_batches_move_the_bar_as_well(clock, screen):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=2)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    clock.now += 1
    callbacks.on_train_batch_end(0, {"loss": 1.0})
    assert screen.lines()[-1] == "1/2 ━━━━━━━━━━────────── 1s 1s/step - loss: 1.0000"


def test_a_message_of_a_callback_does_not_run_into_the_bar(clock, screen):
    stop = EarlyStopping("loss", patience=0, verbose=1)
    callbacks = CallbackList([stop], add_progbar=True, model=types.SimpleNamespace(), verbose=1, epochs=2, steps=1)
    callbacks.on_train_begin()
    for epoch in range(2):
        callbacks.on_epoch_begin(epoch)
        clock.now += 1
        callbacks.on_progress(1, 1, {"loss": 1.0})
        callbacks.on_epoch_end(epoch, {"loss": 1.0})
    callbacks.on_train_end()
    line = f"1/1 {BAR} 1s 1s/step - loss: 1.0000"
    assert screen.lines() == ["Epoch 1/2", line, "Epoch 2/2", line, "Epoch 2: early stopping", ""]


def test_what_a_users_hook_prints_at_the_end_of_an_epoch_has_its_own_line(clock, screen):
    train(clock, epochs=1, callbacks=[LambdaCallback(on_epoch_end=lambda epoch, logs: None)])
    quiet = screen.lines()
    screen.truncate(screen.seek(0))

    class Prints(Callback):
        def on_epoch_end(self, epoch, logs=None):
            print("mine", file=screen)

    train(clock, epochs=1, callbacks=[Prints()])
    assert screen.lines() == ["mine", *quiet]


def test_a_bar_inside_a_bar_leaves_both_lines_whole(clock, screen):
    def evaluate(epoch, logs):
        inner = CallbackList(add_progbar=True, verbose=1, steps=1)
        inner.on_test_begin()
        clock.now += 1
        inner.on_progress(1, 1, {"loss": 2.0})
        inner.on_test_end({"loss": 2.0})

    train(clock, epochs=1, callbacks=[LambdaCallback(on_epoch_end=evaluate)])
    assert screen.lines() == [
        f"1/1 {BAR} 1s 1s/step - loss: 2.0000",
        f"4/4 {BAR} 2s 250ms/step - loss: 0.5000 - val_loss: 0.2500",
        "",
    ]


def test_a_run_that_is_left_early_leaves_its_line_and_goes_on_below(clock, screen):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=4)
    callbacks.on_epoch_begin(0)
    clock.now += 1
    callbacks.on_progress(1, 4, {"loss": 1.0})
    callbacks.end_progress()
    callbacks.end_progress()
    print("KeyboardInterrupt", file=screen)
    assert screen.lines() == [
        "1/4 ━━━━━─────────────── 3s 1s/step - loss: 1.0000",
        "KeyboardInterrupt",
        "",
    ]


def test_progress_is_drawn_only_where_a_line_can_be_redrawn(monkeypatch):
    def draws(verbose, stream):
        stdout_is(monkeypatch, stream)
        return CallbackList(add_progbar=True, verbose=verbose).draws_progress

    assert [draws(v, Screen()) for v in (0, 1, 2, "auto")] == [False, True, False, True]
    assert [draws(v, io.StringIO()) for v in (0, 1, 2, "auto")] == [False] * 4
    assert not CallbackList(verbose=1).draws_progress


def test_without_interactive_logging_everything_goes_to_the_logger(clock, file, caplog):
    config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, logger="keras"):
            train(clock, epochs=1)
    finally:
        config.enable_interactive_logging()
    assert file.getvalue() == ""
    assert caplog.messages == [f"4/4 {BAR} 1s 250ms/step - loss: 0.5000 - val_loss: 0.2500"]


def test_a_program_without_a_console_runs_silently(clock, monkeypatch):
    stdout_is(monkeypatch, None)
    train(clock)


def test_a_closed_output_does_not_stop_a_run(clock, screen):
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=2)
    callbacks.on_epoch_begin(0)
    callbacks.on_progress(1, 2, {})
    screen.close()
    callbacks.on_epoch_end(0, {"loss": 1.0})


def test_the_console_of_pycharm_counts_as_a_terminal(monkeypatch):
    assert progress.kind_of(io.StringIO()) == progress.FILE
    monkeypatch.setenv("PYCHARM_HOSTED", "1")
    assert progress.kind_of(io.StringIO()) == progress.TERMINAL


def test_the_output_of_150_epochs_reads_as_the_tutorials_expect(clock, file):
    callbacks = CallbackList(add_progbar=True, verbose="auto", epochs=150, steps=77)
    callbacks.on_train_begin()
    for epoch in range(150):
        callbacks.on_epoch_begin(epoch)
        clock.now += 0.077
        callbacks.on_epoch_end(epoch, {"accuracy": 0.7, "loss": 0.5})
    lines = file.getvalue().splitlines()
    assert lines[::2] == [f"Epoch {i}/150" for i in range(1, 151)]
    assert set(lines[1::2]) == {f"77/77 {BAR} 0s 1ms/step - accuracy: 0.7000 - loss: 0.5000"}
    assert not set("\r\b\x1b") & set(file.getvalue())


def test_threads_that_draw_at_once_leave_whole_lines(clock, screen):
    import threading

    def draw(name):
        bar = Progbar(50, interval=0, verbose=1)
        for step in range(50):
            bar.update(step + 1, [(name, 1.0)])

    threads = [threading.Thread(target=draw, args=(f"thread{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished = [line for line in screen.lines() if line]
    wanted = {f"50/50 {BAR} 0s 0s/step - thread{i}: 1.0000" for i in range(4)}
    assert set(finished) == wanted
    assert len(list(itertools.groupby(finished))) == 4
