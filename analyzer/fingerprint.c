#include "analyzer/fingerprint.h"

enum {
    HASH_DIGITS = 32,
    /* Of a finding over many lines the first ones tell it from others; of a long line (generated code) the
     * finding itself does, and the line would be hashed once for each finding in it. */
    LINES_MAX = 8,
    LINE_BYTES_MAX = 512,
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '\f' || byte == '\v';
}

/* Appends the text with each run of white space as one blank, none at its ends. */
static size_t text_squeeze(char *out, struct view text)
{
    size_t used = 0;
    text = view_trim(text);
    for (size_t i = 0; i < text.length; i++) {
        bool is_space = is_blank(text.bytes[i]);
        if (is_space && i && is_blank(text.bytes[i - 1])) continue;
        out[used++] = is_space ? ' ' : text.bytes[i];
    }
    return used;
}

static struct digest finding_digest(const struct source *source, const struct finding *finding)
{
    char text[256 + 1 + LINES_MAX * (LINE_BYTES_MAX + 1)];
    struct view id = view_slice(finding->rule_id, 0, 256);
    uint32_t first = source_place(source, finding->start).line;
    uint32_t last =
        source_place(source, finding->end > finding->start ? finding->end - 1 : finding->end).line;
    size_t used = id.length;
    if (id.length) memcpy(text, id.bytes, id.length);
    for (uint32_t line = first; line <= last && line - first < LINES_MAX; line++) {
        struct view bytes = source_line(source, line);
        if (bytes.length > LINE_BYTES_MAX) {
            size_t from = line == first ? finding->start : source->line_starts[line - 1];
            size_t to = line == last ? finding->end : source->line_starts[line - 1] + bytes.length;
            bytes = view_slice(view_slice(source->bytes, from, to), 0, LINE_BYTES_MAX);
        }
        text[used++] = '\n';
        used += text_squeeze(text + used, bytes);
    }
    return digest_sha256(view_make(text, used));
}

bool fingerprint_findings(const struct source *source, struct arena *arena, struct finding_list *findings)
{
    if (findings->count == 0) return true;
    struct digest *digests = ARENA_NEW_ARRAY(arena, struct digest, findings->count);
    if (!digests) return false;
    for (uint32_t i = 0; i < findings->count; i++) {
        struct finding *finding = &findings->items[i];
        uint32_t nth = 1; /* LIMIT_FINDINGS bounds this */
        digests[i] = finding_digest(source, finding);
        for (uint32_t j = 0; j < i; j++) nth += memcmp(digests[i].hex, digests[j].hex, HASH_DIGITS) == 0;
        finding->fingerprint = arena_format(arena, "%.*s:%u", HASH_DIGITS, digests[i].hex, nth);
        if (!finding->fingerprint.bytes) return false;
    }
    return true;
}
