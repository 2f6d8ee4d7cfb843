"""`python -m tallypost` is the `tallypost` command."""

from tallypost.cli.main import main

if __name__ == "__main__":
    main()
