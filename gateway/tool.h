/* tool.h - a tool of the host's that a program in a cell may call: what it takes and gives, its limits, and
 * what it is. Data; whoever makes the list owns all texts and outlives the runs in which it is used. */
#ifndef CORDON_GATEWAY_TOOL_H
#define CORDON_GATEWAY_TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/view.h"

enum {
    TOOL_NAME_BYTES = 64,
    TOOL_DESCRIPTION_BYTES = 4096, /* of it and of each schema: all of them go into the cell at once */
    TOOL_SCHEMA_BYTES = 64 * 1024,
    TOOLS_MAX = 128,
    TOOL_MESSAGE_BYTES = 512, /* of a tool's error, as the program sees it */
    TOOL_PROGRAM_ARGUMENTS_MAX = 64
};

enum tool_limit {
#define TOOL_LIMIT(name, word, standard, most, what) TOOL_LIMIT_##name,
#include "gateway/tool_limit.def"
#undef TOOL_LIMIT
    TOOL_LIMIT_COUNT
};

struct tool_limits {
    uint64_t values[TOOL_LIMIT_COUNT];
};

const char *tool_limit_word(enum tool_limit limit);
uint64_t tool_limit_most(enum tool_limit limit);
struct tool_limits tool_limits_default(void);

/* One call under way, as the tool sees it. */
struct tool_call {
    const struct tool *tool;
    json_t *arguments;                /* an object that fits `parameters` */
    struct view text;                 /* the same as JSON, as it came */
    uint64_t deadline_ms;             /* of io_now_ms */
    int stop_fd;                      /* readable: nobody waits for the result any more */
    json_t *result;                   /* set where the tool succeeds; the server's from then on */
    json_t *connection;               /* of a tool that made one, as gateway_stop has it; the server's */
    char message[TOOL_MESSAGE_BYTES]; /* set where it fails */
};

/* Does the call, in a thread of its own. False: it failed, and the call's message says how. */
typedef bool tool_run(void *context, struct tool_call *call);

struct tool {
    const char *name;        /* an identifier */
    const char *description; /* for whoever writes the programs */
    const char *parameters;  /* JSON Schema of an object */
    const char *result;      /* JSON Schema; NULL: anything */
    struct tool_limits limits;
    tool_run *run;
    void *context; /* of `run`: a struct tool_program ... */
    /* Of a tool that is somebody's function and may never return: a server that uses it has a reference to
     * its context, and may end without it. NULL: its calls notice when they are to stop, and are waited for.
     */
    void (*share)(void *context);
    void (*release)(void *context);
};

/* tool_program.c: a program of the host's, with the arguments as JSON on its standard input and the result as
 * JSON on its standard output. Not 0 as its status: what it says on standard error is the message. */
struct tool_program {
    const char *argv[TOOL_PROGRAM_ARGUMENTS_MAX + 1];        /* argv[0] absolute; ended by NULL */
    const char *environment[TOOL_PROGRAM_ARGUMENTS_MAX + 2]; /* all that it has; ended by NULL */
    const char *folder;                                      /* where it starts */
};
tool_run tool_program_run;

/* tool_sqlite.c: an SQLite database that is read and never changed. Takes {sql, values}, gives {columns,
 * rows, truncated}. */
struct tool_sqlite {
    const char *path;
    uint64_t rows_max;
};
enum { TOOL_SQLITE_ROWS = 1000, TOOL_SQLITE_ROWS_MAX = 100000 };
tool_run tool_sqlite_run;
extern const char tool_sqlite_parameters[], tool_sqlite_result[];

/* Sets the call's message. Returns false. */
__attribute__((format(printf, 2, 3))) bool tool_fail(struct tool_call *call, const char *format, ...);

/* Sets the call's result from JSON, within the tool's limits. False: it is none, and the call failed. */
bool tool_succeed(struct tool_call *call, struct view json);

/* Whether a tool of this name, with these texts, can be offered; otherwise why not. */
bool tool_check(const struct tool *tool, struct error *err);

#endif
