#include "base/bug.h"

#include <stdio.h>
#include <stdlib.h>

void bug_report(const char *file, int line, const char *what)
{
    fprintf(stderr, "cordon: BUG at %s:%d: %s\n", file, line, what);
    abort();
}
