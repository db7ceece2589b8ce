#include "cordon/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "cordon/audit_chain.h"
#include "cordon/audit_file.h"

static json_t *text_json(struct view text, size_t limit)
{
    bool is_cut = text.length > limit;
    if (!is_cut) return json_string_of_view(text);
    /* A character that is cut in two becomes one replacement character. */
    return json_string_of_view(view_slice(text, 0, limit));
}

static void text_set(json_t *object, const char *key, struct view text, size_t limit)
{
    if (text.length) json_object_set_new(object, key, text_json(text, limit));
}

/* The user who logged in, which no su or sudo changes (proc(5)); -1: unknown. */
static long login_uid(void)
{
    char text[16] = "";
    AUTO_FD int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) return -1;
    unsigned long uid = strtoul(text, NULL, 10);
    return uid == 0xffffffffu ? -1 : (long)uid;
}

static json_t *who_json(const struct caller *caller)
{
    json_t *who =
        json_pack("{s:s, s:I, s:i}", "via", caller->via, "uid", (json_int_t)getuid(), "pid", (int)getpid());
    long login = login_uid();
    if (login >= 0) json_object_set_new(who, "login_uid", json_integer(login));
    text_set(who, "actor", view_of_cstr(caller->actor), RECORD_ACTOR_BYTES);
    text_set(who, "client", view_of_cstr(caller->client), RECORD_TEXT_BYTES);
    if (caller->has_peer) {
        json_object_set_new(who, "peer_uid", json_integer(caller->peer_uid));
        json_object_set_new(who, "peer_pid", json_integer(caller->peer_pid));
    }
    text_set(who, "traceparent", view_of_cstr(caller->traceparent), RECORD_TRACEPARENT_BYTES);
    return who;
}

static json_t *event_json(const struct audit *audit, const char *event)
{
    char time[AUDIT_TIME_BYTES];
    return json_pack("{s:s, s:s, s:s, s:o}", "time", audit_time_now(time), "event", event, "id", audit->id,
                     "who", who_json(audit->caller));
}

static void rules_set(json_t *record, const struct audit *audit)
{
    json_object_set_new(record, "policy", json_pack("{s:s}", "sha256", audit->policy->digest));
    if (audit->rules) json_object_set_new(record, "rules", json_pack("{s:s}", "sha256", audit->rules));
}

static json_t *use_json(const struct capability *use)
{
    json_t *object = json_pack("{s:s}", "capability", capability_word(use->kind));
    bool has_argument = capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
    if (has_argument)
        json_object_set_new(object, "argument",
                            use->is_known ? text_json(use->argument, RECORD_TEXT_BYTES) : json_null());
    return object;
}

static void uses_set(json_t *record, const char *key, const struct capability_set *set)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < set->count && i < RECORD_USES_MAX; i++)
        json_array_append_new(list, use_json(&set->items[i]));
    json_object_set_new(record, key, list);
}

static json_t *finding_json(const struct report *report, const struct finding *finding)
{
    struct place start = source_place(&report->source, finding->start);
    struct place end = source_place(&report->source, finding->end);
    json_t *object = json_pack(
        "{s:o, s:s, s:[I, I, I, I], s:o}", "rule", text_json(finding->rule_id, RECORD_TEXT_BYTES), "severity",
        severity_word(finding->severity), "at", (json_int_t)start.line, (json_int_t)start.col,
        (json_int_t)end.line, (json_int_t)end.col, "message", text_json(finding->message, RECORD_TEXT_BYTES));
    if (finding->suppression)
        json_object_set_new(object, "suppressed",
                            text_json(view_of_cstr(finding->suppression), RECORD_TEXT_BYTES));
    if (finding->capability.kind == CAPABILITY_NONE) return object;
    json_object_set_new(object, "use", use_json(&finding->capability));
    json_object_set_new(object, "granted", json_boolean(finding->is_granted));
    return object;
}

static void failure_set(json_t *record, const struct error *failure)
{
    if (!failure || failure->code == ERROR_NONE) return;
    json_t *object = json_pack("{s:s, s:o}", "code", error_code_word(failure->code), "message",
                               json_string_of_view(view_of_cstr(failure->message)));
    text_set(object, "path", view_of_cstr(failure->path), RECORD_PATH_BYTES);
    if (failure->line) json_object_set_new(object, "line", json_integer(failure->line));
    json_object_set_new(record, "error", object);
}

/* Source, verdict, findings. */
static bool source_set(json_t *record, const struct audit *audit, struct view path, struct view bytes,
                       const struct report *report, struct error *err)
{
    struct digest digest;
    bool is_kept = false;
    json_t *source = json_pack("{s:o}", "path", text_json(path, RECORD_PATH_BYTES));
    json_object_set_new(record, "source", source);
    if (report) json_object_set_new(source, "language", json_string(report->source.language->word));
    if (bytes.bytes) {
        digest = report ? report->source.digest : digest_sha256(bytes);
        json_object_set_new(source, "bytes", json_integer((json_int_t)bytes.length));
        json_object_set_new(source, "sha256", json_string(digest.hex));
        if (!audit_log_keep(audit->log, digest.hex, bytes, &is_kept, err)) return false;
        if (is_kept) json_object_set_new(source, "kept", json_true());
    }
    rules_set(record, audit);
    uses_set(record, "granted", &audit->policy->grant);
    json_object_set_new(record, "decision",
                        json_string(report ? decision_word(report->verdict.decision) : "undecided"));
    if (!report) return true;
    json_t *findings = json_array();
    for (uint32_t i = 0; i < report->findings.count && i < RECORD_FINDINGS_MAX; i++)
        json_array_append_new(findings, finding_json(report, &report->findings.items[i]));
    json_object_set_new(record, "finding_count", json_integer(report->findings.count));
    json_object_set_new(record, "findings", findings);
    uses_set(record, "used", &report->verdict.used);
    uses_set(record, "missing", &report->verdict.missing);
    return true;
}

/* jansson leaves DEL as it is; a terminal does not. It stands in strings alone, where it may be escaped. */
static char *text_escape(char *text, size_t *length)
{
    size_t count = 0;
    for (size_t i = 0; i < *length; i++) count += text[i] == 0x7f;
    if (count == 0) return text;
    char *escaped = malloc(*length + 5 * count + 1);
    size_t used = 0;
    for (size_t i = 0; escaped && i < *length; i++) {
        if (text[i] != 0x7f) {
            escaped[used++] = text[i];
            continue;
        }
        memcpy(escaped + used, "\\u007f", 6);
        used += 6;
    }
    free(text);
    *length = used;
    return escaped;
}

static char *record_dump(const json_t *record, size_t *length)
{
    char *text = json_dumps(record, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (!text) return NULL;
    *length = strlen(text);
    return text_escape(text, length);
}

/* What a record may do without, the longest first, until it fits. */
static char *record_fit(json_t *record, size_t *length)
{
    static const char *const long_parts[] = {"findings", "activity", "network", "tools",
                                             "used",     "missing",  "granted"};
    char *text = record_dump(record, length);
    for (size_t i = 0; text && *length > CHAIN_LINE_BYTES - 1024; i++) {
        free(text);
        if (i == sizeof long_parts / sizeof *long_parts) return NULL;
        json_object_del(record, long_parts[i]);
        json_t *result = json_object_get(record, "result");
        if (result) json_object_del(result, long_parts[i]);
        json_object_set_new(record, "shortened", json_true());
        text = record_dump(record, length);
    }
    return text;
}

/* Takes the reference. */
static bool record_put(const struct audit *audit, json_t *record, bool is_intent, struct error *err)
{
    size_t length = 0;
    AUTO_FREE char *text = record ? record_fit(record, &length) : NULL;
    json_decref(record);
    if (!text) return error_set(err, ERROR_SYSTEM, "the audit log: no memory for a record");
    return audit_log_append(audit->log, view_make(text, length), is_intent, err);
}

bool record_check(const struct audit *audit, struct view path, struct view bytes, const struct report *report,
                  const struct error *failure, struct error *err)
{
    if (!audit->log) return true;
    json_t *record = event_json(audit, "check");
    bool is_set = source_set(record, audit, path, bytes, report, err);
    failure_set(record, failure);
    if (is_set) return record_put(audit, record, false, err);
    json_decref(record);
    return false;
}

bool record_refuse(const struct audit *audit, struct view path, struct view bytes,
                   const struct report *report, const struct error *failure, struct error *err)
{
    if (!audit->log) return true;
    json_t *record = event_json(audit, failure ? "run.failed" : "run.refused");
    bool is_set = source_set(record, audit, path, bytes, report, err);
    failure_set(record, failure);
    if (is_set) return record_put(audit, record, false, err);
    json_decref(record);
    return false;
}

/* Of all of them, each with a NUL behind it. */
static struct digest arguments_digest(const struct spec *spec)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return digest_sha256((struct view){0});
    for (uint32_t i = 0; i < spec->argument_count; i++)
        fwrite(spec->arguments[i], 1, strlen(spec->arguments[i]) + 1, out);
    fclose(out);
    struct digest digest = digest_sha256(view_make(text, length));
    free(text);
    return digest;
}

/* What the cell was planned to be. Values of variables and arguments may be secrets: names and a digest. */
static json_t *plan_json(const struct spec *spec)
{
    json_t *limits = json_object(), *names = json_array();
    for (int i = 0; i < LIMIT_COUNT; i++)
        json_object_set_new(limits, limit_word((enum limit)i),
                            json_integer((json_int_t)spec->limits.values[i]));
    for (uint32_t i = 0; i < spec->environment_count && i < RECORD_USES_MAX; i++) {
        struct view name, value;
        view_split(view_of_cstr(spec->environment[i]), '=', &name, &value);
        json_array_append_new(names, text_json(name, RECORD_TEXT_BYTES));
    }
    struct digest arguments = arguments_digest(spec);
    json_t *plan = json_pack("{s:o, s:o, s:{s:i, s:s}}", "limits", limits, "variables", names, "arguments",
                             "count", (int)spec->argument_count, "sha256", arguments.hex);
    text_set(plan, "interpreter", view_of_cstr(spec->runtime.interpreter), RECORD_PATH_BYTES);
    return plan;
}

bool record_start(const struct audit *audit, const struct report *report, const struct spec *spec,
                  struct error *err)
{
    if (!audit->log) return true;
    json_t *record = event_json(audit, "run.start");
    bool is_set = source_set(record, audit, report->source.path, report->source.bytes, report, err);
    json_object_set_new(record, "gate", json_string(audit->policy->is_report_only ? "warn" : "enforce"));
    json_object_set_new(record, "plan", plan_json(spec));
    if (is_set) return record_put(audit, record, true, err);
    json_decref(record);
    return false;
}

bool record_event(const struct audit *audit, const char *event, json_t *fields, struct error *err)
{
    char time[AUDIT_TIME_BYTES];
    json_t *record =
        json_pack("{s:s, s:s, s:s}", "time", audit_time_now(time), "event", event, "id", audit->id);
    if (record && json_object_update(record, fields) < 0) {
        json_decref(record);
        record = NULL;
    }
    json_decref(fields);
    return record_put(audit, record, false, err);
}

static json_t *output_json(const struct output *output)
{
    struct digest digest = digest_sha256(output->bytes);
    return json_pack("{s:I, s:s, s:b}", "bytes", (json_int_t)output->total_bytes, "sha256", digest.hex,
                     "truncated", output->is_truncated);
}

bool record_end(const struct audit *audit, const struct result *result, const struct error *failure,
                struct error *err)
{
    static const char *const texts[] = {"stdout",           "stderr",        "stdout_truncated",
                                        "stderr_truncated", "stdout_base64", "stderr_base64"};
    if (!audit->log) return true;
    /* The output itself is the caller's: here is its digest, over what was kept of it. */
    struct result bare = *result;
    bare.out.bytes = bare.err.bytes = (struct view){0};
    json_t *record = event_json(audit, "run.end"), *whole = result_to_json(&bare);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) json_object_del(whole, texts[i]);
    json_object_set_new(whole, "stdout", output_json(&result->out));
    json_object_set_new(whole, "stderr", output_json(&result->err));
    json_object_set_new(record, "result", whole);
    failure_set(record, failure);
    return record_put(audit, record, false, err);
}

void audit_id_make(struct audit *audit)
{
    unsigned char random[RECORD_ID_BYTES / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) memset(random, 0, sizeof random);
    for (unsigned i = 0; i < sizeof random; i++) snprintf(audit->id + 2 * i, 3, "%02x", random[i]);
}

void audit_clear(struct audit *audit)
{
    audit_log_close(audit->log);
    audit->log = NULL;
}

bool record_is_traceparent(const char *text)
{
    if (!text || strlen(text) != RECORD_TRACEPARENT_BYTES || strncmp(text, "00-", 3) != 0) return false;
    if (strspn(text + 3, "0123456789abcdef") != 32 || text[35] != '-') return false;
    if (strspn(text + 36, "0123456789abcdef") != 16 || text[52] != '-') return false;
    if (strspn(text + 53, "0123456789abcdef") != 2) return false;
    return strspn(text + 3, "0") < 32 && strspn(text + 36, "0") < 16;
}
