/* cmd_secrets.c - `cordon secrets list|test`: which secrets the policy has, and what a request would become.
 * No value is ever shown. */
#include <stdio.h>

#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/style.h"

static void words_print(const char *const *words, const char *separator)
{
    for (size_t i = 0; words[i]; i++) {
        fputs(i ? separator : "", stdout);
        style_put(stdout, view_of_cstr(words[i]));
    }
}

/* Where the value is, and whether it can be had: by trying. */
static bool source_print(const struct secret_rule *rule)
{
    static const char *const sources[] = {"variable", "file", "command"};
    struct error err = {0};
    struct keyring *keyring = keyring_open(&(struct keyring_plan){.rules = rule, .count = 1}, NULL, &err);
    printf("  from    %s ", sources[rule->source]);
    words_print(rule->from, " ");
    printf("%s%s\n", keyring ? " (there)" : ": ", keyring ? "" : err.message);
    keyring_free(keyring);
    return keyring != NULL;
}

static void rule_print(const struct secret_rule *rule)
{
    bool is_address = strchr(rule->host, ':') != NULL;
    printf("  for     %s://%s%s%s:%u", rule->is_tls ? "https" : "http", is_address ? "[" : "", rule->host,
           is_address ? "]" : "", rule->port);
    if (rule->methods) fputs(", ", stdout);
    if (rule->methods) words_print(rule->methods, " ");
    if (rule->paths) fputs(", below ", stdout);
    if (rule->paths) words_print(rule->paths, " ");
    fputs("\n  as      ", stdout);
    if (rule->place == SECRET_IN_HEADER) printf("%s: %s{}%s", rule->field, rule->before, rule->after);
    if (rule->place == SECRET_IN_QUERY) printf("%s={} in the query", rule->field);
    if (rule->place == SECRET_IN_BASIC) printf("Basic, user '%s'", rule->field);
    if (rule->is_for_tools) {
        puts("\n  asked   by tools alone");
        return;
    }
    printf("\n  asked   http://%s%s/\n", rule->name, SECRET_DOMAIN);
    if (rule->placeholder) printf("  cell    %s holds a placeholder\n", rule->placeholder);
}

static enum status secrets_list(const struct policy *policy)
{
    bool has_all = true;
    if (!policy->secrets.count) puts("the policy has no secrets");
    ARRAY_FOREACH (const struct secret_rule, rule, &policy->secrets) {
        puts(rule->name);
        has_all &= source_print(rule);
        rule_print(rule);
    }
    return has_all ? STATUS_OK : STATUS_UNDECIDED;
}

static enum status secret_test(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct secret_preview preview;
    const struct policy *policy = &options->policy;
    const char *url = options->operands.items[1];
    if (!secret_preview_make(&preview, policy->secrets.items, policy->secrets.count,
                             view_of_cstr(options->method ? options->method : "GET"), view_of_cstr(url),
                             arena, &err))
        return job_complain(&err);
    if (!preview.rule) {
        puts("no secret is for this request; it goes by the grants of net");
        return STATUS_REJECTED;
    }
    puts(preview.rule->name);
    bool is_there = source_print(preview.rule);
    rule_print(preview.rule);
    if (preview.refusal) {
        printf("refused: %s\n", preview.refusal);
        return STATUS_REJECTED;
    }
    printf("what is sent%s:\n", preview.rule->is_tls ? ", over verified TLS" : "");
    for (struct view line, rest = preview.head; view_split(rest, '\n', &line, &rest) && line.length;) {
        fputs("  ", stdout);
        style_put(stdout, line);
        putchar('\n');
    }
    return is_there ? STATUS_OK : STATUS_UNDECIDED;
}

enum status command_secrets(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    const char *verb = options->operands.count ? options->operands.items[0] : "list";
    if (strcmp(verb, "list") == 0 && options->operands.count <= 1) return secrets_list(&options->policy);
    if (strcmp(verb, "test") == 0 && options->operands.count == 2) return secret_test(options, arena);
    error_set(&err, ERROR_USAGE, "unknown: secrets %.60s", verb);
    error_remedy(&err, "secrets list, or secrets test URL --method GET");
    return job_complain(&err);
}
