"""CPU seconds on one core: ours of whole processes, start-up and writing included; the peer's of calls inside a warm Python."""
import os
import sys
import time

RUNS = 5

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def ours(*words):
    """Best CPU seconds of `apus words`, and its peak memory in MiB. A child's peak counts what this process holds when it starts
    it: measure ours before the peer is imported."""
    apus, best, peak = os.environ["APUS"], float("inf"), 0
    for _ in range(RUNS):
        pid = os.posix_spawn(apus, [apus, *words, "--quiet", "--json"], os.environ,
                             file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        if status:
            sys.exit(f"apus {' '.join(words)} failed")
        best, peak = min(best, usage.ru_utime + usage.ru_stime), max(peak, usage.ru_maxrss / 1024)
    return best, peak


def theirs(call):
    """Best CPU seconds of a call."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best
