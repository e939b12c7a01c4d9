"""What all tests share."""

from __future__ import annotations

import signal

# A shell that starts the tests in the background leaves SIGINT ignored, and children inherit that: then no test of
# Ctrl-C could pass. A handler of our own becomes the default again in every child.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
