"""Counts calls, and what they should have returned and did not."""

import sys

calls = 0
failures = 0


def fail(text):
    global failures
    failures += 1
    print("FAILED", text)


def call(name, run):
    """Makes a call and returns its result; a failure is noted, and the next call follows."""
    global calls
    calls += 1
    try:
        return run()
    except Exception as error:
        fail(f"{name}: {type(error).__name__}: {error} {getattr(error, 'body', '')}")
        return None


def refused(name, status, run):
    """Makes a call that has to fail with this status."""
    global calls
    calls += 1
    try:
        run()
    except Exception as error:
        same(name, getattr(error, "status", repr(error)), status)
    else:
        fail(f"{name}: succeeded instead of {status}")


def same(name, found, expected):
    """Notes a value that differs from the expected one."""
    if found != expected:
        fail(f"{name}: {found!r} instead of {expected!r}")


def finish():
    """Prints the summary, and ends the program."""
    print(f"{calls} calls, {failures} failures")
    sys.exit(0 if calls and not failures else 1)
