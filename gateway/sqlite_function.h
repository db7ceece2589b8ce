/* sqlite_function.h - SQL functions in place of those of SQLite that may take the square of what they are
 * given: SQLite asks nobody while a function runs, so that one such call would outlast any deadline. */
#ifndef CORDON_GATEWAY_SQLITE_FUNCTION_H
#define CORDON_GATEWAY_SQLITE_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/sqlite_library.h"

struct sqlite_functions {
    bool (*stop)(void *context); /* whether the statement is to end; asked now and then within a call */
    void *context;
    size_t most_bytes; /* of a text that is made */
};

/* like, glob, instr, replace, trim, ltrim and rtrim of this connection, which say what SQLite's say.
 * `functions` outlives the connection. False: no memory. */
bool sqlite_functions_put(sqlite3 *database, struct sqlite_functions *functions);

#endif
