"""What `symline` and `python -m symline` run."""

import sys


def main() -> None:
    """Run the command line; an interrupt while it is still being loaded ends it as quietly as a later one."""
    try:
        from symline.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was begun\n")
        sys.exit(130)  # `ExitCode.INTERRUPTED`, which is not loaded
    run()


if __name__ == "__main__":
    main()
