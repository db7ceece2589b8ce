/* sqlite_library.h - SQLite, loaded when a tool first asks a database: a run without one does not pay for it.
 * Its settings for the whole process are the host's, and are not touched. */
#ifndef CORDON_GATEWAY_SQLITE_LIBRARY_H
#define CORDON_GATEWAY_SQLITE_LIBRARY_H

#include <sqlite3.h>

struct sqlite_library {
#define SQLITE_ENTRY(name) __typeof__(name) *name;
#include "gateway/sqlite_library.def"
#undef SQLITE_ENTRY
};

/* NULL: it is not on this machine. Any thread; it stays loaded. */
const struct sqlite_library *sqlite_library_load(void);

#endif
