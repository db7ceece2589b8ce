/* capability.h - what code can do that reaches outside pure computation, and sets of it.
 *
 * A capability_set is what crosses from the check to the cell: the grant. The zero set grants nothing.
 * The set's arena owns its arguments. Reading a set is safe from any thread. */
#ifndef CORDON_BASE_CAPABILITY_H
#define CORDON_BASE_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/view.h"

enum capability_kind {
    CAPABILITY_NONE, /* no capability */
#define CAPABILITY(name, word, argument, unknown, meaning) CAPABILITY_##name,
#include "base/capability.def"
#undef CAPABILITY
    CAPABILITY_KIND_COUNT
};

enum capability_argument { /* how arguments of a kind are compared */
                           CAPABILITY_ARGUMENT_NONE,
                           CAPABILITY_ARGUMENT_HOST,    /* HOST, HOST:PORT or *.DOMAIN[:PORT]; no port: every
                                                           port; in a grant perhaps " methods GET,HEAD" */
                           CAPABILITY_ARGUMENT_PORT,    /* decimal */
                           CAPABILITY_ARGUMENT_PATH,    /* absolute; a folder covers what is below it */
                           CAPABILITY_ARGUMENT_NAME,    /* equal bytes */
                           CAPABILITY_ARGUMENT_PROGRAM, /* a base name, or an absolute path */
};

enum capability_unknown { CAPABILITY_UNKNOWN_REJECT, CAPABILITY_UNKNOWN_CELL };

struct capability {
    enum capability_kind kind;
    bool is_known;        /* false: the analyzer could not tell the argument (a use), never in a grant */
    struct view argument; /* normalised; "*" in a grant: every argument */
};

struct capability_set {
    struct capability *items;
    uint32_t count, capacity;
};

const char *capability_word(enum capability_kind kind);
const char *capability_meaning(enum capability_kind kind);
enum capability_argument capability_argument_of(enum capability_kind kind);
enum capability_unknown capability_unknown_of(enum capability_kind kind);

/* CAPABILITY_NONE where no kind has this word. */
enum capability_kind capability_kind_of_word(struct view word);
/* The nearest known word to a wrong one, or NULL. */
const char *capability_word_nearest(struct view word);

/* Checks and normalises the argument of a grant and adds it; an empty argument of a kind that takes one is
 * an error, not "everything" (that is "*"). */
bool capability_set_grant(struct capability_set *set, struct arena *arena, enum capability_kind kind,
                          struct view argument, struct error *err);

/* Adds a use unless an equal one is there. Returns false only when the arena is exhausted. */
bool capability_set_add(struct capability_set *set, struct arena *arena, struct capability use);

/* Whether `grants` covers this use. An unknown argument is covered only by "*" (or a kind without one). */
bool capability_set_allows(const struct capability_set *grants, struct capability use);

/* The methods of a grant of a host, as in "HOST methods GET,HEAD": "GET,HEAD"; empty: every one. The check
 * does not tell methods, so a use is covered whatever they are; whoever carries the request compares them. */
struct view capability_methods(struct view argument);
/* Whether a list of methods has this one. */
bool capability_methods_have(struct view methods, struct view method);

/* Whether some grant of one argument could cover this use: not a path below a home folder, nor an unknown
 * one. */
bool capability_is_grantable(struct capability use);

/* Makes the argument of a use comparable with those of grants: a URL becomes HOST:PORT, a path absolute
 * (relative ones are below `base`). What cannot be told from the text becomes unknown. */
void capability_use_normalize(struct capability *use, struct arena *arena, struct view base);

/* An absolute path without "." and "..", double and trailing slashes, as text alone (links are not
 * followed); a relative path is taken against `base`. ".." above the root stays at the root. */
struct view capability_path_normalize(struct arena *arena, struct view path, struct view base);

#endif
