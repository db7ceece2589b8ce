/* cell_files.h - the scratch folder's way in and out: copies of files that the caller gave, before the
 * program starts, and a descriptor of the folder for the supervisor, after it has ended. In cordon-cell. */
#ifndef CORDON_RUNNER_CELL_FILES_H
#define CORDON_RUNNER_CELL_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/cell_protocol.h"

/* Takes `count` descriptors from the control socket and copies each into the scratch folder under its name.
 * False with errno set. */
bool cell_files_receive(char *const *names, uint32_t count);

/* Sends the report; with `with_scratch`, a descriptor of the scratch folder goes with it. */
void cell_report_send(const struct cell_report *report, bool with_scratch);

#endif
