#include "gateway/tls_library.h"

#include <dlfcn.h>
#include <pthread.h>

/* Sanitizers refuse to be without their own symbols. */
#if defined(__SANITIZE_ADDRESS__)
#define APART 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define APART 0
#endif
#endif
#ifndef APART
#define APART RTLD_DEEPBIND
#endif

static struct tls_library functions;
static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* dlsym gives a pointer to data, which C does not turn into one to a function (POSIX, dlsym, says to do it
 * so). */
static bool symbol_load(void *library, const char *name, void *place)
{
    *(void **)place = library ? dlsym(library, name) : NULL;
    return *(void **)place != NULL;
}

static void load(void)
{
    void *ssl = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL | APART);
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL | APART);
    is_loaded = true;
#define TLS_FUNCTION(library, name) is_loaded = is_loaded && symbol_load(library, #name, &functions.name);
#include "gateway/tls_library.def"
#undef TLS_FUNCTION
}

const struct tls_library *tls_library_load(void)
{
    pthread_once(&once, load);
    return is_loaded ? &functions : NULL;
}
