#include "base/digest.h"

void digest_sum_init(struct digest_sum *sum)
{
    sha256_init(&sum->context);
}

void digest_sum_add(struct digest_sum *sum, struct view bytes)
{
    sha256_update(&sum->context, bytes.length, (const uint8_t *)bytes.bytes);
}

struct digest digest_sum_end(struct digest_sum *sum)
{
    uint8_t raw[SHA256_DIGEST_SIZE];
    sha256_digest(&sum->context, sizeof raw, raw);
    struct digest digest;
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
        digest.hex[2 * i] = "0123456789abcdef"[raw[i] >> 4];
        digest.hex[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
    }
    digest.hex[DIGEST_HEX_BYTES] = '\0';
    return digest;
}

struct digest digest_sha256(struct view bytes)
{
    struct digest_sum sum;
    digest_sum_init(&sum);
    digest_sum_add(&sum, bytes);
    return digest_sum_end(&sum);
}
