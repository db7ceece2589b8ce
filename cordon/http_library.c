#include "cordon/http_library.h"

#include <dlfcn.h>

struct http_library http;

/* dlsym gives a pointer to data, which C does not turn into one to a function (POSIX, dlsym, says to do it
 * so). */
static bool symbol_load(void *library, const char *name, void *place)
{
    *(void **)place = dlsym(library, name);
    return *(void **)place != NULL;
}

bool http_library_load(struct error *err)
{
    /* The version of the interface that the header describes. It stays loaded. */
    void *library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    bool is_loaded = library != NULL;
#define HTTP_FUNCTION(name) is_loaded = is_loaded && symbol_load(library, #name, &http.name);
#include "cordon/http_library.def"
#undef HTTP_FUNCTION
    if (is_loaded) return true;
    error_set(err, ERROR_UNSUPPORTED, "cordon serve needs libmicrohttpd, version 0.9.75 or one like it");
    return error_remedy(err, "apt-get install libmicrohttpd12");
}
