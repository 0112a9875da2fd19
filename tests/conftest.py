"""What every test may count on: Ctrl-C raises KeyboardInterrupt, and no example fails for being slow."""

import signal

import hypothesis

# a shell that runs the tests in the background has the signal ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

# a busy machine is no fault of the code
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
