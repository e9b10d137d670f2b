"""Run the interoperability checker on a result folder; its verdict is the last line, whatever its exit status.

usage: lake_interop.py CHECKER.py FOLDER [options]
"""
import runpy
import sys

sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit:
    pass
