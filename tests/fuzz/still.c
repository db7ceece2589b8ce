/* still.c - in every target: what is random elsewhere is the same in each run, so that the same inputs give
 * the same run. */
#include <jansson.h>
#include <string.h>
#include <sys/random.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    (void)flags;
    memset(buffer, 0x5a, length);
    return (ssize_t)length;
}

__attribute__((constructor)) static void hash_still(void)
{
    json_object_seed(1);
}
