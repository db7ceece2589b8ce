#include "cordon/isolate_wire.h"

#include "base/utf8.h"

enum { FLAG_FAULTS = 1, FLAG_PROJECT = 2, ANSWER_FINDINGS = 'f', ANSWER_ERROR = 'e' };

enum {
    ERROR_CODES = 0
#define ERROR_CODE(name, word) +1
#include "base/error.def"
#undef ERROR_CODE
};

/* ---- writing ---- */

struct pen {
    struct arena *arena;
    ARRAY_OF(char) out;
    bool is_full;
};

static void bytes_put(struct pen *pen, const void *bytes, size_t size)
{
    if (pen->is_full || size > WIRE_BYTES_MAX - pen->out.count ||
        !ARRAY_RESERVE(pen->arena, &pen->out, pen->out.count + (uint32_t)size)) {
        pen->is_full = true;
        return;
    }
    if (size) memcpy(pen->out.items + pen->out.count, bytes, size);
    pen->out.count += (uint32_t)size;
}

static void number_put(struct pen *pen, uint32_t number)
{
    bytes_put(pen, &number, sizeof number);
}

static void text_put(struct pen *pen, struct view text)
{
    number_put(pen, text.length > WIRE_BYTES_MAX ? UINT32_MAX : (uint32_t)text.length);
    bytes_put(pen, text.bytes, text.length);
}

static struct view pen_end(const struct pen *pen)
{
    return pen->is_full ? (struct view){0} : view_make(pen->out.items, pen->out.count);
}

struct view wire_request_write(struct arena *arena, const struct wire_request *request)
{
    struct pen pen = {.arena = arena};
    size_t wanted = request->bytes.length + request->path.length + 4096;
    if (wanted > WIRE_BYTES_MAX || !ARRAY_RESERVE(arena, &pen.out, (uint32_t)wanted)) return (struct view){0};
    number_put(&pen, (uint32_t)request->language->id);
    number_put(&pen,
               (request->has_faults ? FLAG_FAULTS : 0) | (request->modules.is_project ? FLAG_PROJECT : 0));
    number_put(&pen, request->source_limit_bytes);
    number_put(&pen, request->parse_deadline_ms);
    text_put(&pen, request->path);
    text_put(&pen, request->bytes);
    number_put(&pen, request->modules.count);
    for (uint32_t i = 0; i < request->modules.count; i++) text_put(&pen, request->modules.names[i]);
    return pen_end(&pen);
}

static void finding_put(struct pen *pen, const struct finding *finding)
{
    text_put(pen, finding->rule_id);
    number_put(pen, (uint32_t)finding->severity);
    text_put(pen, finding->message);
    text_put(pen, finding->help);
    number_put(pen, finding->start);
    number_put(pen, finding->end);
    number_put(pen, (uint32_t)finding->capability.kind);
    number_put(pen, finding->capability.is_known);
    text_put(pen, finding->capability.argument);
    text_put(pen, finding->fingerprint);
    number_put(pen, finding->is_guard);
    number_put(pen, finding->has_fix);
    text_put(pen, finding->fix);
    number_put(pen, finding->capture_count);
    for (uint32_t i = 0; i < finding->capture_count; i++) {
        const struct capture *capture = &finding->captures[i];
        text_put(pen, capture->name);
        number_put(pen, capture->start);
        number_put(pen, capture->end);
        text_put(pen, capture->value);
    }
}

struct view wire_answer_write(struct arena *arena, const struct report *report, const struct error *err)
{
    struct pen pen = {.arena = arena};
    if (err) {
        number_put(&pen, ANSWER_ERROR);
        number_put(&pen, (uint32_t)err->code);
        number_put(&pen, err->line);
        number_put(&pen, err->col);
        text_put(&pen, view_of_cstr(err->path));
        text_put(&pen, view_of_cstr(err->message));
        text_put(&pen, view_of_cstr(err->remedy));
        return pen_end(&pen);
    }
    number_put(&pen, ANSWER_FINDINGS);
    number_put(&pen, report->findings.count);
    ARRAY_FOREACH (const struct finding, finding, &report->findings) finding_put(&pen, finding);
    return pen_end(&pen);
}

/* ---- reading ---- */

struct eye {
    struct arena *arena;
    struct view rest;
    bool is_wrong;
};

static uint32_t number_take(struct eye *eye)
{
    uint32_t number = 0;
    if (eye->rest.length < sizeof number) {
        eye->is_wrong = true;
        return 0;
    }
    memcpy(&number, eye->rest.bytes, sizeof number);
    eye->rest = view_slice(eye->rest, sizeof number, eye->rest.length);
    return number;
}

static uint32_t number_below(struct eye *eye, uint32_t end)
{
    uint32_t number = number_take(eye);
    if (number < end) return number;
    eye->is_wrong = true;
    return 0;
}

/* Where it stands, any bytes. */
static struct view bytes_take(struct eye *eye)
{
    uint32_t length = number_take(eye);
    if (length > eye->rest.length) {
        eye->is_wrong = true;
        return (struct view){0};
    }
    struct view bytes = view_slice(eye->rest, 0, length);
    eye->rest = view_slice(eye->rest, length, eye->rest.length);
    return bytes;
}

/* A copy, UTF-8; an empty one is no text at all, as the analyzer has it. */
static struct view text_take(struct eye *eye)
{
    struct view text = bytes_take(eye);
    if (text.length == 0) return (struct view){0};
    if (utf8_find_invalid(text) != SIZE_MAX) eye->is_wrong = true;
    struct view copy = arena_copy(eye->arena, text);
    if (!copy.bytes) eye->is_wrong = true;
    return copy;
}

bool wire_request_read(struct wire_request *request, struct arena *arena, struct view bytes)
{
    struct eye eye = {.arena = arena, .rest = bytes};
    request->language = &languages[number_below(&eye, LANGUAGE_COUNT)];
    uint32_t flags = number_take(&eye);
    request->has_faults = flags & FLAG_FAULTS;
    request->source_limit_bytes = number_take(&eye);
    request->parse_deadline_ms = number_take(&eye);
    request->path = bytes_take(&eye);
    request->bytes = bytes_take(&eye);
    uint32_t count = number_take(&eye);
    if (eye.is_wrong || count > eye.rest.length / sizeof count) return false;
    struct view *names = ARENA_NEW_ARRAY(arena, struct view, count + 1);
    if (!names) return false;
    for (uint32_t i = 0; i < count; i++) names[i] = bytes_take(&eye);
    request->modules = (struct module_list){names, count, flags & FLAG_PROJECT};
    return !eye.is_wrong && eye.rest.length == 0;
}

static void span_take(struct eye *eye, uint32_t *start, uint32_t *end, size_t length)
{
    *start = number_take(eye);
    *end = number_take(eye);
    if (*start > *end || *end > length) eye->is_wrong = true;
}

static void finding_take(struct eye *eye, struct finding *finding, size_t length)
{
    finding->rule_id = text_take(eye);
    finding->severity = (enum severity)number_below(eye, SEVERITY_COUNT);
    finding->message = text_take(eye);
    finding->help = text_take(eye);
    span_take(eye, &finding->start, &finding->end, length);
    finding->capability.kind = (enum capability_kind)number_below(eye, CAPABILITY_KIND_COUNT);
    finding->capability.is_known = number_below(eye, 2);
    finding->capability.argument = text_take(eye);
    finding->fingerprint = text_take(eye);
    finding->is_guard = number_below(eye, 2);
    finding->has_fix = number_below(eye, 2);
    finding->fix = text_take(eye);
    uint32_t count = number_take(eye);
    if (eye->is_wrong || count > eye->rest.length / (4 * sizeof count)) {
        eye->is_wrong = true;
        return;
    }
    struct capture *captures = ARENA_NEW_ARRAY(eye->arena, struct capture, count + 1);
    if (!captures) eye->is_wrong = true;
    for (uint32_t i = 0; i < count && !eye->is_wrong; i++) {
        captures[i].name = text_take(eye);
        span_take(eye, &captures[i].start, &captures[i].end, length);
        captures[i].value = text_take(eye);
    }
    finding->captures = captures;
    finding->capture_count = count;
    if (!finding->rule_id.length) eye->is_wrong = true;
}

static enum wire_answer error_take(struct eye *eye, struct error *err)
{
    struct error taken = {.code = (enum error_code)number_take(eye)};
    taken.line = number_take(eye);
    taken.col = number_take(eye);
    struct view path = text_take(eye), message = text_take(eye), remedy = text_take(eye);
    bool is_wrong = eye->is_wrong || eye->rest.length || taken.code == ERROR_NONE ||
                    (int)taken.code > ERROR_CODES || path.length >= sizeof taken.path ||
                    message.length >= sizeof taken.message || remedy.length >= sizeof taken.remedy;
    if (is_wrong) return WIRE_IS_WRONG;
    if (path.length) memcpy(taken.path, path.bytes, path.length);
    if (message.length) memcpy(taken.message, message.bytes, message.length);
    if (remedy.length) memcpy(taken.remedy, remedy.bytes, remedy.length);
    if (err) *err = taken;
    return WIRE_HAS_ERROR;
}

enum wire_answer wire_answer_read(struct report *report, struct view bytes, struct error *err)
{
    struct eye eye = {.arena = &report->arena, .rest = bytes};
    uint32_t kind = number_take(&eye);
    if (kind == ANSWER_ERROR) return error_take(&eye, err);
    uint32_t count = kind == ANSWER_FINDINGS ? number_take(&eye) : UINT32_MAX;
    if (eye.is_wrong || count > eye.rest.length / (10 * sizeof count) ||
        !ARRAY_RESERVE(&report->arena, &report->findings, count + 1))
        return WIRE_IS_WRONG;
    for (uint32_t i = 0; i < count && !eye.is_wrong; i++) {
        struct finding finding = {0};
        finding_take(&eye, &finding, report->source.bytes.length);
        report->findings.items[report->findings.count++] = finding;
    }
    return eye.is_wrong || eye.rest.length ? WIRE_IS_WRONG : WIRE_HAS_FINDINGS;
}
