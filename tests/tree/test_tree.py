"""Values are those that Keras 3.15.1 gives."""

import collections
import copy

import pytest

from keras import tree

NESTED = {"b": [1, None], "a": (2, {"z": 3})}
Point = collections.namedtuple("Point", "x y")


def test_leaves_come_in_the_order_of_keys_and_none_is_one():
    assert tree.flatten(NESTED) == [2, 3, 1, None]
    assert tree.flatten_with_path(NESTED) == [(("a", 0), 2), (("a", 1, "z"), 3), (("b", 0), 1), (("b", 1), None)]
    assert tree.flatten(None) == [None]
    assert tree.flatten([]) == []
    assert tree.flatten_with_path(5) == [((), 5)]
    assert tree.flatten(collections.OrderedDict([("b", 1), ("a", 2)])) == [1, 2]
    assert tree.flatten({1: 1, "a": 2}) == [1, 2]


def test_keys_of_several_types_come_type_by_type_however_they_were_written():
    mixed = {"d": 10, 7: 20, "c": 30, 2: {"y": 40, 5: 50}}
    assert tree.flatten(mixed) == [50, 40, 20, 30, 10]
    assert tree.pack_sequence_as({"d": None, 1: None}, [1, 2]) == {1: 1, "d": 2}
    assert tree.flatten({2j: 1, 1j: 2}) == [1, 2]  # keys without an order stay as written


@pytest.mark.parametrize("thing", [[], (), {}, collections.OrderedDict(), Point(1, 2), collections.deque([1])])
def test_these_are_nested(thing):
    assert tree.is_nested(thing)


@pytest.mark.parametrize("thing", ["a", 1, None, {1}, range(3)])
def test_these_are_leaves(thing):
    assert not tree.is_nested(thing)


@pytest.mark.parametrize(
    "thing",
    [NESTED, Point(1, [2]), collections.deque([1, 2]), collections.OrderedDict(b=1, a=2), [], (), 3],
    ids=lambda t: type(t).__name__,
)
def test_mapping_keeps_the_types(thing):
    mapped = tree.map_structure(lambda x: x, thing)
    assert type(mapped) is type(thing)
    assert mapped == thing
    assert tree.pack_sequence_as(thing, tree.flatten(thing)) == thing


def test_mapping_a_default_dict_keeps_its_default():
    mapped = tree.map_structure(lambda x: x + 1, collections.defaultdict(int, {"b": 1}))
    assert mapped["new"] == 0
    assert mapped["b"] == 2


def test_none_is_passed_or_stays():
    assert tree.map_structure(lambda x: 7, NESTED) == {"b": [7, 7], "a": (7, {"z": 7})}
    assert tree.map_structure(lambda x: 7, NESTED, none_is_leaf=False) == {"b": [7, None], "a": (7, {"z": 7})}
    assert tree.map_structure(lambda *x: x, [1, None], [3, None], none_is_leaf=False) == [(1, 3), None]
    with pytest.raises(ValueError, match="first structure has None at"):
        tree.map_structure(lambda *x: x, [1, None], [3, 4], none_is_leaf=False)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1, 2], (1, 2), "a list and a tuple"),
        ([1, 2], [3], "2 and 1 items"),
        ([1, 2], [1, [2]], r"at \[1\]: one has a leaf"),
        ({"a": 1}, {"b": 1}, r"the keys are \['a'\] and \['b'\]"),
        (Point(1, 2), (1, 2), "a Point and a tuple"),
    ],
)
def test_what_differs_is_named(a, b, message):
    for call in (tree.assert_same_structure, lambda a, b: tree.map_structure(lambda *x: x, a, b)):
        with pytest.raises(ValueError, match=message):
            call(a, b)


def test_the_same_structure_and_the_same_paths_pass():
    tree.assert_same_structure([1, None], [1, 2])
    tree.assert_same_paths([1, 2], {0: 1, 1: 2})
    with pytest.raises(ValueError, match=r"Paths in `a` missing in `b`: \(1,\)"):
        tree.assert_same_paths([1, 2], [1])
    tree.assert_same_structure([1], [2], check_types=False)
    with pytest.raises(ValueError, match="assert_same_paths"):
        tree.assert_same_structure([1], (1,), check_types=False)


def test_mapping_up_to_a_depth_passes_the_rest_whole():
    assert tree.map_structure_up_to([1, 2], lambda *x: x, [[1, 2], 3], [4, [5]]) == [([1, 2], 4), (3, [5])]
    with pytest.raises(ValueError, match="the keys are"):
        tree.map_structure_up_to({"a": 1}, lambda x: x, {"a": [1], "b": 2})


def test_packing_wants_as_many_leaves_as_places():
    assert tree.pack_sequence_as(NESTED, [1, 2, 3, 4]) == {"b": [3, 4], "a": (1, {"z": 2})}
    assert tree.pack_sequence_as(1, [7]) == 7
    with pytest.raises(ValueError, match="4 leaves, but 3 came"):
        tree.pack_sequence_as(NESTED, [1, 2, 3])
    with pytest.raises(TypeError, match="must be a list"):
        tree.pack_sequence_as([1], 5)


def test_shapes_are_leaves_of_their_own_map():
    assert tree.map_shape_structure(lambda s: s, {"a": (None, 2), "b": [(1, 2), (3,)]}) == {
        "a": (None, 2),
        "b": [(1, 2), (3,)],
    }
    assert tree.map_shape_structure(len, ()) == 0
    assert tree.map_shape_structure(lambda s: s, [[1, None], "text", 3]) == [[1, None], "text", 3]


def test_traverse_replaces_from_above_or_from_below():
    def to_tuple(x):
        return tuple(x) if isinstance(x, list) else None

    assert tree.traverse(to_tuple, [1, [2, [3]]]) == (1, [2, [3]])
    assert tree.traverse(to_tuple, [1, [2, [3]]], top_down=False) == (1, (2, (3,)))
    assert tree.lists_to_tuples([1, [2, {"a": [3]}]]) == (1, (2, {"a": (3,)}))
    assert tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, [1, [2, 3]]) == [1, [None, 3]]
    before = copy.deepcopy(NESTED)
    assert tree.traverse(lambda x: None, NESTED) == before


@pytest.mark.parametrize("name", ["map_structure", "map_structure_up_to", "traverse", "map_shape_structure"])
def test_what_is_no_function_is_refused(name):
    with pytest.raises(TypeError, match="`func` must be a function"):
        getattr(tree, name)(*([[1], 3] if name == "map_structure_up_to" else [3, [1]]))
