"""What every test may count on: Ctrl-C raises KeyboardInterrupt, here and in every process that a test starts."""

import signal

# a shell that runs the tests in the background has the signal ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)
