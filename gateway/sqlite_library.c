#include "gateway/sqlite_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

static struct sqlite_library library;
static bool is_loaded;

/* dlsym gives a pointer to data, which C does not turn into one to a function (POSIX, dlsym, says to do it
 * so). */
static bool symbol_load(void *handle, const char *name, void *place)
{
    *(void **)place = dlsym(handle, name);
    return *(void **)place != NULL;
}

static void load(void)
{
    void *handle = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    is_loaded = handle != NULL;
#define SQLITE_ENTRY(name) is_loaded = is_loaded && symbol_load(handle, #name, &library.name);
#include "gateway/sqlite_library.def"
#undef SQLITE_ENTRY
}

const struct sqlite_library *sqlite_library_load(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded ? &library : NULL;
}
