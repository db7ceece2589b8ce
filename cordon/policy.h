/* policy.h - what the operator allows: grants, limits, rules, thresholds, suppressions. From a profile or a
 * file, its bases, and the flags on top; each value knows where it came from.
 *
 * Loaded once, then read only; any thread. The arena given to policy_open owns it. A policy is never looked
 * for: it is the profile `agent`, or what the operator names. */
#ifndef CORDON_CORDON_POLICY_H
#define CORDON_CORDON_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/analyzer.h"
#include "base/arena.h"
#include "base/array.h"
#include "base/capability.h"
#include "base/digest.h"
#include "base/error.h"
#include "cordon/audit_log.h"
#include "gateway/gateway.h"
#include "runner/runner.h"

struct texts {
    const char **items;
    uint32_t count, capacity;
};

/* One value and where it came from, for `cordon policy show`. */
struct policy_entry {
    const char *section; /* "limits" */
    struct view key;     /* "wall"; empty: an element of a list */
    struct view value;
    const char *origin; /* a profile's name, a file's path, a flag */
    uint32_t line;      /* 0: a flag */
};

struct policy {
    bool is_report_only; /* mode: report */
    enum severity reject_at;
    struct capability_set grant;
    struct capability_set
        allowed; /* what the check lets pass: the grant, and asking for secrets' endpoints */
    ARRAY_OF(struct secret_rule) secrets;
    struct texts install;             /* NAME=VALUE for the package managers that the cell has */
    struct capability_set intercepts; /* hosts whose TLS the gateway ends */
    const char
        *authorities; /* certificates by which secrets' hosts are known beside the machine's, or NULL */
    uint8_t unknown[CAPABILITY_KIND_COUNT]; /* enum capability_unknown */
    bool asks[CAPABILITY_KIND_COUNT];       /* ungranted: ask */
    struct limits limits;
    uint32_t source_limit_bytes;
    bool uses_shipped_rules;
    struct texts rule_paths;
    const char
        *packages; /* the folder of the runtime's packages, for the check and for the cell; NULL: none */
    ARRAY_OF(struct rule_override) overrides;
    ARRAY_OF(struct suppression) suppressions;
    struct audit_settings log;
    ARRAY_OF(struct tool) tools; /* what there is; `tool` grants say which of them a program may call */
    ARRAY_OF(struct policy_entry) entries;
    char digest[DIGEST_HEX_BYTES + 1]; /* SHA-256 over the entries: equal policies have equal ones */
};

enum { POLICY_EXTENDS_MAX = 8, POLICY_FILE_BYTES = 1 << 20 };

/* A shipped profile by name ("agent"), or a file by a path with a slash or a dot. False with the place. */
bool policy_open(struct policy *policy, struct arena *arena, const char *name, struct error *err);

/* The changes, each replacing or adding as a line of a policy file does. `origin` outlives the policy. */
bool policy_grant(struct policy *policy, struct arena *arena, enum capability_kind kind, struct view argument,
                  const char *origin, uint32_t line, struct error *err);
bool policy_set_limit(struct policy *policy, struct arena *arena, struct view word, struct view value,
                      const char *origin, uint32_t line, struct error *err);
bool policy_set_reject_at(struct policy *policy, struct arena *arena, struct view severity,
                          const char *origin, uint32_t line, struct error *err);
/* "exec=cell": a line of the section `unknown`. */
bool policy_set_unknown(struct policy *policy, struct arena *arena, struct view line, const char *origin,
                        struct error *err);
bool policy_set_mode(struct policy *policy, struct arena *arena, struct view mode, const char *origin,
                     uint32_t line, struct error *err);
/* Replaces the rules in force by a path; further ones of the same origin are added. */
bool policy_add_rules(struct policy *policy, struct arena *arena, const char *path, const char *origin,
                      uint32_t line, struct error *err);

/* The folder of the runtime's packages; outlives the policy. */
bool policy_set_packages(struct policy *policy, struct arena *arena, const char *folder, const char *origin,
                         uint32_t line, struct error *err);

/* A key of the section `log`. `path` and `anchor` are taken as they are and outlive the policy. */
bool policy_set_log(struct policy *policy, struct arena *arena, struct view key, const char *value,
                    const char *origin, uint32_t line, struct error *err);

/* Adds a secret, or puts it in the place of one of that name. `shown` is its text for `policy show`. */
bool policy_add_secret(struct policy *policy, struct arena *arena, const struct secret_rule *rule,
                       struct view shown, const char *origin, uint32_t line, struct error *err);

/* Remembers where a value came from; with a key it takes the place of an earlier one. */
bool policy_note(struct policy *policy, struct arena *arena, struct policy_entry entry, struct error *err);

/* Ends loading: the digest. */
void policy_seal(struct policy *policy);

/* What the analyzer decides by. `today`: days since 1970 in UTC, against the expiry of suppressions. */
struct verdict_policy policy_verdict(const struct policy *policy, uint32_t today);

/* Today in days since 1970, UTC. */
uint32_t policy_today(void);

/* The shipped profiles. */
uint32_t policy_profile_count(void);
const char *policy_profile_name(uint32_t index);
/* The bytes of a shipped profile, or an empty view. */
struct view policy_profile_bytes(const char *name);

/* policy_file.c: applies one document. `folder` is what its relative paths are below; "" for a profile. */
bool policy_apply(struct policy *policy, struct arena *arena, const char *origin, struct view folder,
                  struct view bytes, uint32_t depth, struct error *err);

#endif
