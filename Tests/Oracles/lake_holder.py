"""Keep a DuckDB file open for writing, or die in the middle of writing it.

usage: lake_holder.py DATABASE hold FIFO      opens, writes a line to FIFO, waits to be killed
       lake_holder.py DATABASE die SQL SQL2   commits SQL, begins SQL2 and kills itself without a checkpoint
"""
import os
import signal
import sys

import duckdb

path, action = sys.argv[1:3]
connection = duckdb.connect(path)
if action == "hold":
    with open(sys.argv[3], "w") as fifo:
        fifo.write("open\n")
    signal.pause()
else:
    connection.execute("set checkpoint_threshold = '1TB'")
    connection.execute(sys.argv[3])
    connection.execute("begin")
    connection.execute(sys.argv[4])
    os.kill(os.getpid(), signal.SIGKILL)
