"""Programs of Python 2, as `python -m keras` reads them."""

import sys

import numpy as np
import pytest

from keras.legacy import python_2

CASES = [
    ("print 3\n", "print(3)\n"),
    ("print\n", "print()\n"),
    ("print 3", "print(3)"),
    ("x = 1; print x, 'a' ; y = 2\n", "x = 1; print(x, 'a') ; y = 2\n"),
    ("print x,\n", "print(x, end=' ')\n"),
    ("if a: print 'b' # c\n", "if a: print('b') # c\n"),
    ("print >>f, a, b\n", "print(a, b, file=f)\n"),
    ("print >>f\n", "print(file=f)\n"),
    ("print('a')\n", "print('a')\n"),
    ("print ('a'), 2\n", "print(('a'), 2)\n"),
    ("print 'a' % (\n    2, 3)\nreturn 1\n", "print('a' % (\n    2, 3))\nreturn 1\n"),
    ("for i in x:\n    print i\nelse: print\n", "for i in x:\n    print(i)\nelse: print()\n"),
    ("self.print = 'print it'\n", "self.print = 'print it'\n"),
]


@pytest.mark.parametrize(("old", "today"), CASES, ids=[old for old, _ in CASES])
def test_a_print_statement_is_a_call(old, today):
    assert python_2.with_calls_of_print(old) == today


def test_only_what_parses_in_no_other_way_is_python_2():
    assert python_2.needed("print 1\n")
    assert not python_2.needed("print(1)\n")
    assert not python_2.needed("x = = 1\n")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from __future__ import print_function\nprint([i / 2 for i in xrange(4)])\n", ["xrange"]),
        ("x = raw_input(unicode(1))\n", ["raw_input", "unicode"]),
        ("from six.moves import xrange\nxrange(4)\n", []),
        ("try:\n    xrange\nexcept NameError:\n    pass\nxrange(4)\n", []),
        ("import sys\nif sys.version_info[0] < 3:\n    xrange(4)\n", []),
        ("def f(long):\n    return long\nxrange = range\nxrange(4)\n", []),
        ("def unicode(x):\n    return x\nunicode('xrange')\n", []),
        ("import tools as long\nlong.f()\n", []),
    ],
)
def test_names_that_only_python_2_had_are_taken_as_given_there_alone(source, names):
    assert python_2.names_taken_as_given(source) == names
    assert python_2.needed(source) is bool(names)


def test_a_program_that_parses_says_which_names_it_takes_as_given(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    python_2.run("from __future__ import print_function\nprint([i / 2 for i in xrange(4)], sep='')\n", "old.py")
    captured = capsys.readouterr()
    assert captured.out == "[0, 0, 1, 1]\n"
    assert captured.err == "keras: old.py is read as Python 2: `xrange` is there, `/` of whole numbers is `//`.\n"


def test_whole_numbers_have_whole_quotients_and_old_names_are_there(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    program = "a = 7\na /= 2\nprint a, 7 / 2, -7 / 2, 7 / 2., sum(xrange(4)), reduce(lambda x, y: x * y, [2, 3])\n"
    python_2.run(program, "old.py")
    captured = capsys.readouterr()
    assert captured.out == "3 3 -4 3.5 6 6\n"
    assert "old.py is read as Python 2" in captured.err
    python_2.run("from __future__ import division\nprint 7 / 2\n", "new.py")
    assert capsys.readouterr().out == "3.5\n"
    np.testing.assert_array_equal(python_2.divide(np.array([7, -7]), 2), [3, -4])
    assert python_2.divide(np.array([7.0]), 2) == 3.5
