"""What `python -m keras` does beside running programs: one file per command, each with `main(arguments)`."""
