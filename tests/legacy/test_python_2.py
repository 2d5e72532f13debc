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
