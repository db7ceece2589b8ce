/* options.h - the command line, parsed once: one table of flags for all commands (option.def), on top of a
 * policy. The arena owns the texts; argv must outlive it. */
#ifndef CORDON_CORDON_OPTIONS_H
#define CORDON_CORDON_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/analyzer.h"
#include "base/arena.h"
#include "base/array.h"
#include "base/capability.h"
#include "base/error.h"
#include "cordon/policy.h"
#include "cordon/report_format.h"
#include "runner/runner.h"

/* Statuses of the program; docs/ARCHITECTURE.md and cordon(1) promise them. */
enum status {
    STATUS_OK = 0,
    STATUS_REJECTED = 1,
    STATUS_UNDECIDED = 2, /* usage, a wrong rule file, unreadable input */
    STATUS_TIME = 124,
    STATUS_FAILED = 125,
    STATUS_GATE = 126,
    STATUS_MEMORY = 137,
};

enum option {
#define OPTION(name, flag, argument, commands, what) OPTION_##name,
#include "cordon/option.def"
#undef OPTION
    OPTION_COUNT
};

/* Whether sources are parsed in processes of their own (isolate.h). */
enum isolation { ISOLATION_AUTO, ISOLATION_ON, ISOLATION_OFF };

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the commands of the audit log look for. NULL: everything. */
struct log_query {
    const char *decision, *rule, *event, *id, *since, *until;
    uint32_t last; /* 0: all */
    bool follows, is_partial;
    struct texts anchors;
    const char *html;
};

/* Of `cordon serve`. Zero: the default. */
struct serve_options {
    const char *listen, *token_file;
    unsigned socket_mode;
    uint32_t cells, queue, pool;
    bool has_no_pool;
};

struct options {
    bool is_help, has_stats, uses_gitignore, has_explanation, is_staged;
    enum report_format format; /* on standard output */
    struct {
        struct report_output *items;
        uint32_t count, capacity;
    } outputs;                   /* in files, beside it */
    const char *baseline, *diff; /* NULL: none */
    const char *agent;           /* of hook_host.def; NULL: not said */
    const char *policy_name;     /* --policy; NULL: not said */
    bool is_global, is_yes, is_git;
    uint32_t deadline_ms; /* 0: not said */
    unsigned isolation;   /* enum isolation */
    unsigned color;       /* enum color_mode */
    enum rule_group { GROUP_NONE, GROUP_CAPABILITY, GROUP_SEVERITY } rule_group;
    const struct language *language; /* NULL: guess */
    struct policy policy;            /* with the flags on top */
    struct texts excludes;
    struct texts environment; /* NAME=VALUE for the cell */
    struct texts files;       /* HOST or HOST:NAME, into the scratch folder */
    bool accepts_shared_uid;  /* --weaker user */
    const char *artifacts;    /* where to collect; NULL: nowhere */
    const char *explain;
    const char *method;              /* NULL: not said */
    const char *actor, *traceparent; /* NULL: not said */
    struct log_query query;
    struct serve_options serve;
    struct texts operands;  /* before -- */
    struct texts arguments; /* behind -- */
};

/* `command` is the initial that option.def uses. */
bool options_parse(struct options *options, struct arena *arena, char command, int argc, char **argv,
                   struct error *err);

/* The help of one command, on stdout. */
void options_help(char command, const char *word, const char *arguments, const char *what);

#endif
