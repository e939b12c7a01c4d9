"""`python -m headsmith_server` is the `headsmith` command."""

import sys

from headsmith_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
