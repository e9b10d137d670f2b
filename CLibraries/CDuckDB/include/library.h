#pragma once

/// Loads libduckdb.so, once; every other function of DuckDB must come after. NULL where it is there, and else why it is not.
///
/// The library is 67 MB with 130,000 relocations: linked to the program it would take 8 ms of every command, also of those that
/// open no database.
const char *duckdb_library_load(void);
