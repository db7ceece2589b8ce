/* rule_file.h - YAML in Semgrep's schema to rules. Whatever is not understood is an error with its place and
 * the nearest known word: nothing is skipped. */
#ifndef CORDON_ANALYZER_RULE_FILE_H
#define CORDON_ANALYZER_RULE_FILE_H

#include "analyzer/rule.h"
#include "base/arena.h"
#include "base/error.h"

/* Adds the rules of one file's bytes. `path` is for places; it and the rules live in the arena (the bytes
 * need not outlive the call). */
bool rule_file_load(struct view path, struct view bytes, struct arena *arena, struct rule_list *rules,
                    struct error *err);

/* The same, but every complaint is added to `errors`, and the rules that have one are left out. False with an
 * error: memory is out. */
bool rule_file_collect(struct view path, struct view bytes, struct arena *arena, struct rule_list *rules,
                       struct error_list *errors, struct error *err);

#endif
