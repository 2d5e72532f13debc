"""The release of Keras whose interface this package has and whose files it writes, and its own."""

KERAS = "3.15.1"
OWN = "0.1.0"

TODAY = "3"
"""What `legacy` calls the releases of that interface."""

meant = TODAY
"""The release whose meaning holds for what is traced, as far as it changed; `legacy` sets it."""
