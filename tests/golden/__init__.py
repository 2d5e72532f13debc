"""Values returned by earlier releases, and the questions they answer. Made by the programs in tools/golden."""
