"""The release of Keras that this package is told apart by: whose interface it has and whose files it writes."""

KERAS = "3.15.1"
