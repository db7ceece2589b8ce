#include "base/digest.h"

#include <nettle/sha2.h>

struct digest digest_sha256(struct view bytes)
{
    struct sha256_ctx context;
    uint8_t raw[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, bytes.length, (const uint8_t *)bytes.bytes);
    sha256_digest(&context, sizeof raw, raw);
    struct digest digest;
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
        digest.hex[2 * i] = "0123456789abcdef"[raw[i] >> 4];
        digest.hex[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
    }
    digest.hex[DIGEST_HEX_BYTES] = '\0';
    return digest;
}
