"""SciKeras's estimators and encoders, for programs that import them; `keras.wrappers` has today's.

`python -m keras` answers `import scikeras` with this package where SciKeras is not installed.
"""

__version__ = "0.13.0"  # whose names and behaviour these are
