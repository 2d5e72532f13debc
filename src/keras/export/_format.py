"""The archive that StableHLO programs are kept in.

`programs.json` says what is there: names of the endpoints with the numbers of the variables that each of them takes,
shapes and dtypes of the variables, collections of variables. `programs/0` and so on hold the endpoints, `variables/0`
and so on the values, as the bytes of the arrays.
"""

METADATA = "programs.json"
FORMAT = "kerata.stablehlo"
VERSION = 1
MOST_BYTES_OF_A_PROGRAM = 2**31


def program_member(number: int) -> str:
    """The member with the program of an endpoint."""
    return f"programs/{number}"


def variable_member(number: int) -> str:
    """The member with the value of a variable."""
    return f"variables/{number}"
