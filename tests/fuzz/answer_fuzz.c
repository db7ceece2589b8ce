/* What a server answers, whatever its bytes are: the head is taken or refused, and as it is passed on it is
 * taken again and says the same; and a secret that is in a text, in any pieces, does not come out. */
#include <stdlib.h>
#include <string.h>

#include "gateway/answer.h"
#include "gateway/scrub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "k/3+y=%Zq"

static void head_try(struct view bytes)
{
    static struct answer first, second;
    static char out[LIMIT_ANSWER_HEAD_BYTES + 1024];
    if (answer_parse(&first, bytes, VIEW("GET"))) return;
    /* With a length and Connection of its own it may be one that is not taken again. */
    if (first.header_count + 2 > LIMIT_HEADERS) return;
    size_t length = answer_write(&first, false, out, sizeof out);
    if (length == 0) return;
    if (answer_parse(&second, view_make(out, length), VIEW("GET"))) abort();
    bool is_same = first.status == second.status && second.header_count <= first.header_count + 2 &&
                   (first.body != ANSWER_LENGTH || first.body_bytes == second.body_bytes);
    if (!is_same) abort();
}

/* The first byte says how big the pieces are. */
static void scrub_try(const uint8_t *data, size_t size)
{
    static struct scrub scrub;
    static char held[1 << 16], out[1 << 16];
    size_t piece = 1 + data[0] % 64, length = 0, put = 0;
    if (size >= sizeof held) return;
    scrub_init(&scrub, VIEW(SECRET));
    for (size_t at = 1; at < size;) {
        size_t part = size - at < piece ? size - at : piece;
        memcpy(held + length, data + at, part);
        length += part;
        at += part;
        size_t ready = scrub_run(&scrub, held, length, at == size);
        if (ready > length) abort();
        memcpy(out + put, held, ready);
        put += ready;
        memmove(held, held + ready, length - ready);
        length -= ready;
    }
    if (length || put != size - 1 || view_find(view_make(out, put), VIEW(SECRET)) != SIZE_MAX) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    head_try(view_make((const char *)data, size));
    if (size > 1) scrub_try(data, size);
    return 0;
}
