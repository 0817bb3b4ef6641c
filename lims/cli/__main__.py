"""Lets `python -m lims.cli` be the program where its own starter is not installed."""

from lims.cli.main import main

if __name__ == "__main__":
    main()
