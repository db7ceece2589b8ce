#include "cordon/audit_chain.h"

#include <inttypes.h>
#include <stdio.h>

static bool text_take(struct view *rest, struct view text)
{
    if (!view_starts_with(*rest, text)) return false;
    *rest = view_slice(*rest, text.length, rest->length);
    return true;
}

static bool hex_take(struct view *rest, char *out, size_t digits)
{
    if (rest->length < digits) return false;
    for (size_t i = 0; i < digits; i++) {
        char c = rest->bytes[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
        out[i] = c;
    }
    out[digits] = '\0';
    *rest = view_slice(*rest, digits, rest->length);
    return true;
}

/* Decimal digits; `zeros` says whether leading ones are allowed. */
static bool number_take(struct view *rest, bool zeros, uint64_t *number)
{
    size_t at = 0;
    for (*number = 0; at < rest->length && rest->bytes[at] >= '0' && rest->bytes[at] <= '9'; at++) {
        uint64_t digit = (uint64_t)(rest->bytes[at] - '0');
        if (*number > (INT64_MAX - digit) / 10) return false;
        *number = *number * 10 + digit;
    }
    if (at == 0 || (!zeros && at > 1 && rest->bytes[0] == '0')) return false;
    *rest = view_slice(*rest, at, rest->length);
    return true;
}

bool chain_link_parse(struct view line, struct chain_link *link)
{
    return text_take(&line, VIEW("{\"v\":1,\"seq\":")) && number_take(&line, false, &link->seq) &&
           text_take(&line, VIEW(",\"prev\":\"")) && hex_take(&line, link->prev, DIGEST_HEX_BYTES) &&
           text_take(&line, VIEW("\",")) && view_ends_with(line, VIEW("}"));
}

unsigned chain_link_format(char out[160], const struct chain_link *link)
{
    return (unsigned)snprintf(out, 160, "{\"v\":1,\"seq\":%" PRIu64 ",\"prev\":\"%s\",", link->seq,
                              link->prev);
}

void chain_head_format(char out[CHAIN_HEAD_BYTES + 1], const struct chain_head *head)
{
    snprintf(out, CHAIN_HEAD_BYTES + 1, "cordon-log-head 1 %s %020" PRIu64 " %s\n", head->log, head->seq,
             head->digest.hex);
}

bool chain_head_parse(struct view text, struct chain_head *head)
{
    return text.length == CHAIN_HEAD_BYTES && text_take(&text, VIEW("cordon-log-head 1 ")) &&
           hex_take(&text, head->log, CHAIN_LOG_ID_BYTES) && text_take(&text, VIEW(" ")) &&
           number_take(&text, true, &head->seq) && text_take(&text, VIEW(" ")) &&
           hex_take(&text, head->digest.hex, DIGEST_HEX_BYTES) && view_equals(text, VIEW("\n"));
}
