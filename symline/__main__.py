"""`python -m symline`."""

from symline.cli.main import main

if __name__ == "__main__":
    main()
