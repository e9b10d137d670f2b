// DuckDB's functions that the program calls, each passed on to the library that is loaded on first use.
#include "library.h"

#include <dlfcn.h>
#include <duckdb.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

// X(result, name, parameters, arguments). The compiler holds each line to the declaration in duckdb.h.
#define FUNCTIONS(X) \
    X(duckdb_state, duckdb_bind_blob, (duckdb_prepared_statement statement, idx_t index, const void *data, idx_t length), \
      (statement, index, data, length)) \
    X(duckdb_state, duckdb_bind_boolean, (duckdb_prepared_statement statement, idx_t index, bool val), (statement, index, val)) \
    X(duckdb_state, duckdb_bind_date, (duckdb_prepared_statement statement, idx_t index, duckdb_date val), \
      (statement, index, val)) \
    X(duckdb_state, duckdb_bind_double, (duckdb_prepared_statement statement, idx_t index, double val), (statement, index, val)) \
    X(duckdb_state, duckdb_bind_int64, (duckdb_prepared_statement statement, idx_t index, int64_t val), (statement, index, val)) \
    X(duckdb_state, duckdb_bind_null, (duckdb_prepared_statement statement, idx_t index), (statement, index)) \
    X(duckdb_state, duckdb_bind_value, (duckdb_prepared_statement statement, idx_t index, duckdb_value val), \
      (statement, index, val)) \
    X(duckdb_state, duckdb_bind_varchar, (duckdb_prepared_statement statement, idx_t index, const char *val), \
      (statement, index, val)) \
    X(duckdb_state, duckdb_bind_varchar_length, (duckdb_prepared_statement statement, idx_t index, const char *val, idx_t n), \
      (statement, index, val, n)) \
    X(duckdb_state, duckdb_clear_bindings, (duckdb_prepared_statement statement), (statement)) \
    X(void, duckdb_close, (duckdb_database *database), (database)) \
    X(idx_t, duckdb_column_count, (duckdb_result *result), (result)) \
    X(duckdb_logical_type, duckdb_column_logical_type, (duckdb_result *result, idx_t col), (result, col)) \
    X(const char *, duckdb_column_name, (duckdb_result *result, idx_t col), (result, col)) \
    X(duckdb_state, duckdb_connect, (duckdb_database database, duckdb_connection *out_connection), (database, out_connection)) \
    X(duckdb_state, duckdb_create_config, (duckdb_config *out_config), (out_config)) \
    X(duckdb_value, duckdb_create_timestamp_ns, (duckdb_timestamp_ns input), (input)) \
    X(idx_t, duckdb_data_chunk_get_size, (duckdb_data_chunk chunk), (chunk)) \
    X(duckdb_vector, duckdb_data_chunk_get_vector, (duckdb_data_chunk chunk, idx_t col_idx), (chunk, col_idx)) \
    X(duckdb_type, duckdb_decimal_internal_type, (duckdb_logical_type type), (type)) \
    X(uint8_t, duckdb_decimal_scale, (duckdb_logical_type type), (type)) \
    X(void, duckdb_destroy_config, (duckdb_config *config), (config)) \
    X(void, duckdb_destroy_data_chunk, (duckdb_data_chunk *chunk), (chunk)) \
    X(void, duckdb_destroy_logical_type, (duckdb_logical_type *type), (type)) \
    X(void, duckdb_destroy_pending, (duckdb_pending_result *pending), (pending)) \
    X(void, duckdb_destroy_prepare, (duckdb_prepared_statement *statement), (statement)) \
    X(void, duckdb_destroy_result, (duckdb_result *result), (result)) \
    X(void, duckdb_destroy_value, (duckdb_value *value), (value)) \
    X(void, duckdb_disconnect, (duckdb_connection *connection), (connection)) \
    X(duckdb_state, duckdb_execute_pending, (duckdb_pending_result pending, duckdb_result *out_result), (pending, out_result)) \
    X(duckdb_data_chunk, duckdb_fetch_chunk, (duckdb_result result), (result)) \
    X(void, duckdb_free, (void *ptr), (ptr)) \
    X(duckdb_type, duckdb_get_type_id, (duckdb_logical_type type), (type)) \
    X(idx_t, duckdb_nparams, (duckdb_prepared_statement statement), (statement)) \
    X(duckdb_state, duckdb_open_ext, (const char *path, duckdb_database *out_database, duckdb_config config, char **out_error), \
      (path, out_database, config, out_error)) \
    X(const char *, duckdb_pending_error, (duckdb_pending_result pending), (pending)) \
    X(duckdb_state, duckdb_pending_prepared, (duckdb_prepared_statement statement, duckdb_pending_result *out_result), \
      (statement, out_result)) \
    X(duckdb_state, duckdb_pending_prepared_streaming, (duckdb_prepared_statement statement, duckdb_pending_result *out_result), \
      (statement, out_result)) \
    X(duckdb_state, duckdb_prepare, (duckdb_connection connection, const char *query, duckdb_prepared_statement *out_statement), \
      (connection, query, out_statement)) \
    X(const char *, duckdb_prepare_error, (duckdb_prepared_statement statement), (statement)) \
    X(duckdb_state, duckdb_query, (duckdb_connection connection, const char *query, duckdb_result *out_result), \
      (connection, query, out_result)) \
    X(const char *, duckdb_result_error, (duckdb_result *result), (result)) \
    X(duckdb_state, duckdb_set_config, (duckdb_config config, const char *name, const char *option), (config, name, option)) \
    X(void *, duckdb_vector_get_data, (duckdb_vector vector), (vector)) \
    X(uint64_t *, duckdb_vector_get_validity, (duckdb_vector vector), (vector))

#define DEFINE(result, name, parameters, arguments) \
    static result(*name##_entry) parameters;        \
    result name parameters { return name##_entry arguments; }
FUNCTIONS(DEFINE)

static const char *failure;

static void load(void) {
    // Found through the program's run path, where scripts/bootstrap put it, or beside the program.
    void *library = dlopen("libduckdb.so", RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        failure = strdup(dlerror());
        return;
    }
#define FIND(result, name, parameters, arguments)         \
    name##_entry = dlsym(library, #name);                 \
    if (name##_entry == NULL) {                           \
        failure = "libduckdb.so has no function " #name;  \
        return;                                           \
    }
    FUNCTIONS(FIND)
}

const char *duckdb_library_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure;
}
