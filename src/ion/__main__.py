"""`python -m ion` is the `ion` command."""

from ion.cli.main import main

if __name__ == "__main__":
    main()
