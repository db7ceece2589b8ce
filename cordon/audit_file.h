/* audit_file.h - the files of the audit log: how they are opened, named, made; the store of sources; where
 * heads are sent. Each returns false (or -1) with errno where it has no error of its own. */
#ifndef CORDON_CORDON_AUDIT_FILE_H
#define CORDON_CORDON_AUDIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/view.h"
#include "cordon/audit_chain.h"

enum { AUDIT_TIME_BYTES = 32, AUDIT_ROTATED_DIGITS = 6 };

/* Opens a regular file, never through a link; one that is made is for its owner and group alone. */
int audit_file_open(const char *path, int flags);

/* Makes the folders above a file; the last one for its owner alone (and the group to read, for root). */
bool audit_folder_make(const char *path);

/* The first free name PATH.NNNNNN behind the last one in use. */
bool audit_file_next(const char *path, char *name, size_t size_bytes);

/* RFC 3339 in UTC with milliseconds. Returns `out`. */
const char *audit_time_now(char out[AUDIT_TIME_BYTES]);

/* Writes `bytes` below the folder as AB/ABCD..., by their digest. There already: fine. */
bool audit_store_put(const char *folder, const char *sha256, struct view bytes, bool is_durable);

/* A datagram socket to send heads to ("syslog" is /dev/log), and one head as a line of RFC 3164. */
int audit_anchor_open(const char *name, struct error *err);
bool audit_anchor_send(int fd, const struct chain_head *head, struct error *err);

#endif
