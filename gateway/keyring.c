#include "gateway/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "gateway/keyring_inner.h"

enum { ARENA_BYTES = 4 << 20 };

static const char *text_copy(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, view_of_cstr(text)).bytes : NULL;
}

static const char *const *list_copy(struct arena *arena, const char *const *list)
{
    size_t count = 0;
    while (list && list[count]) count++;
    const char **copy = list ? ARENA_NEW_ARRAY(arena, const char *, count + 1) : NULL;
    for (size_t i = 0; copy && i < count; i++) copy[i] = text_copy(arena, list[i]);
    return copy;
}

static struct secret_rule rule_copy(struct arena *arena, const struct secret_rule *rule)
{
    struct secret_rule copy = *rule;
    copy.name = text_copy(arena, rule->name);
    copy.from = list_copy(arena, rule->from);
    copy.host = text_copy(arena, rule->host);
    copy.field = text_copy(arena, rule->field);
    copy.before = text_copy(arena, rule->before);
    copy.after = text_copy(arena, rule->after);
    copy.addresses = list_copy(arena, rule->addresses);
    copy.paths = list_copy(arena, rule->paths);
    copy.methods = list_copy(arena, rule->methods);
    copy.placeholder = text_copy(arena, rule->placeholder);
    copy.place_text = text_copy(arena, rule->place_text);
    return copy;
}

static bool token_make(struct keyring *keyring)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return false;
    int at = snprintf(keyring->token, sizeof keyring->token, "cordon-placeholder-");
    for (size_t i = 0; i < sizeof bytes; i++)
        at += snprintf(keyring->token + at, sizeof keyring->token - (size_t)at, "%02x", bytes[i]);
    return true;
}

static bool rules_take(struct keyring *keyring, const struct secret_rule *rules, uint32_t count)
{
    struct arena *arena = &keyring->arena;
    keyring->count = count;
    keyring->rules = ARENA_NEW_ARRAY(arena, struct secret_rule, count + 1);
    keyring->variables = ARENA_NEW_ARRAY(arena, const char *, count + 1);
    if (!keyring->rules || !keyring->variables || !token_make(keyring)) return false;
    uint32_t variables = 0;
    for (uint32_t i = 0; i < count; i++) {
        keyring->rules[i] = rule_copy(arena, &rules[i]);
        if (rules[i].placeholder)
            keyring->variables[variables++] =
                arena_format(arena, "%s=%s-%s", rules[i].placeholder, keyring->token, rules[i].name).bytes;
    }
    return !arena->is_exhausted;
}

static bool intercepts_take(struct keyring *keyring, const struct capability_set *intercepts,
                            struct error *err)
{
    for (uint32_t i = 0; intercepts && i < intercepts->count; i++) {
        struct capability item = intercepts->items[i];
        item.argument = arena_copy(&keyring->arena, item.argument);
        if (!item.argument.bytes || !capability_set_add(&keyring->intercepts, &keyring->arena, item))
            return error_set(err, ERROR_LIMIT, "no memory for secrets");
    }
    if (!keyring->intercepts.count) return true;
    keyring->authority = authority_new(err);
    return keyring->authority != NULL;
}

struct keyring *keyring_open(const struct keyring_plan *plan, const struct keyring *kept, struct error *err)
{
    struct keyring *keyring = calloc(1, sizeof *keyring);
    if (!keyring) {
        error_set(err, ERROR_LIMIT, "no memory for secrets");
        return NULL;
    }
    keyring->references = 1;
    arena_init(&keyring->arena, ARENA_BYTES);
    bool is_open = rules_take(keyring, plan->rules, plan->count);
    if (!is_open) error_set(err, ERROR_LIMIT, "no memory for secrets");
    bool needs_trust = plan->needs_trust || (plan->intercepts && plan->intercepts->count);
    for (uint32_t i = 0; i < plan->count; i++) needs_trust |= plan->rules[i].is_tls;
    is_open = is_open && intercepts_take(keyring, plan->intercepts, err) &&
              (!needs_trust || (keyring->trust = tls_trust_new(plan->authorities, err)) != NULL) &&
              (keyring->vault = vault_open(plan->rules, plan->count, kept ? kept->vault : NULL, err)) != NULL;
    if (is_open) return keyring;
    keyring_free(keyring);
    return NULL;
}

struct keyring *keyring_share(struct keyring *keyring)
{
    if (keyring) atomic_fetch_add(&keyring->references, 1);
    return keyring;
}

void keyring_free(struct keyring *keyring)
{
    if (!keyring || atomic_fetch_sub(&keyring->references, 1) != 1) return;
    vault_free(keyring->vault);
    tls_trust_free(keyring->trust);
    authority_free(keyring->authority);
    arena_clear(&keyring->arena);
    free(keyring);
}

const char *const *keyring_variables(const struct keyring *keyring)
{
    return keyring->variables;
}

struct view keyring_certificate(const struct keyring *keyring)
{
    return keyring->authority ? authority_certificate(keyring->authority) : (struct view){0};
}

void keyring_wipe_environment(const struct secret_rule *rules, uint32_t count)
{
    vault_wipe_environment(rules, count);
}
