/* spec_files.h - files in and artifacts out, as a spec holds them: each opened once, by descriptor. Inside
 * the runner. */
#ifndef CORDON_RUNNER_SPEC_FILES_H
#define CORDON_RUNNER_SPEC_FILES_H

#include "runner/spec.h"

/* Opens the job's files and its folder for artifacts into the spec, which closes them (spec_clear). False:
 * one cannot be read, leads through a link, or has a name that leaves the scratch folder. */
bool spec_files_open(struct spec *spec, struct arena *arena, const struct spec_job *job, struct error *err);

#endif
