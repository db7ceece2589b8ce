/* The bytes as a log and its head: verified, shown and made a page of. What is written of it is printable. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/audit_read.h"
#include "cordon/audit_verify.h"
#include "cordon/log_query.h"
#include "cordon/log_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char log_path[PATH_MAX], head_path[PATH_MAX + 8];

/* The log lies in a folder of its own: what else were there would be among the names that it looks through,
 * and so among what libFuzzer learns from. FUZZ_SCRATCH names it, so that each run has the same. */
static void paths_make(void)
{
    static char made[] = "/tmp/cordon-log-fuzz-XXXXXX";
    const char *folder = getenv("FUZZ_SCRATCH");
    if (!folder && !(folder = mkdtemp(made))) abort();
    snprintf(log_path, sizeof log_path, "%s/log.jsonl", folder);
    snprintf(head_path, sizeof head_path, "%s.head", log_path);
}

static void file_write(const char *path, struct view bytes)
{
    struct error err;
    AUTO_FILE FILE *file = fopen(path, "w");
    if (!file || !io_write_all(fileno(file), bytes, &err)) abort();
}

static void printable_check(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f) abort();
    }
}

static void record_show(const struct audit_line *line, json_t *records)
{
    json_t *record = json_loadb(line->text.bytes, line->text.length, JSON_ALLOW_NUL, NULL);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (record) {
        log_show_record(out, record, false);
        json_array_append(records, record);
    }
    fclose(out);
    printable_check(text, length);
    free(text);
    json_decref(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct audit_verdict verdict;
    struct audit_line line;
    struct view all = view_make((const char *)data, size);
    size_t split = size < CHAIN_HEAD_BYTES ? size : CHAIN_HEAD_BYTES;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 16 << 20);
    if (!*log_path) paths_make();
    file_write(head_path, view_slice(all, 0, split));
    file_write(log_path, view_slice(all, split, size));
    if (!audit_verify(&verdict, &arena, log_path, NULL, 0, false, &err)) abort();
    struct audit_reader *reader = audit_reader_open(log_path, &err);
    json_t *records = json_array();
    while (reader && audit_reader_next(reader, false, &line, &err)) record_show(&line, records);
    audit_reader_close(reader);
    char *page = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&page, &length);
    log_page_write(out, log_path, records, &verdict);
    fclose(out);
    printable_check(page, length);
    free(page);
    json_decref(records);
    unlink(log_path);
    unlink(head_path);
    return 0;
}
