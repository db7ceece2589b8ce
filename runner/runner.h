/* runner.h - the runner's door: a grant and a job -> a spec -> a cell -> a result. Never parses source. */
#ifndef CORDON_RUNNER_RUNNER_H
#define CORDON_RUNNER_RUNNER_H

#include "runner/cell.h"
#include "runner/doctor.h"
#include "runner/limits.h"
#include "runner/pool.h"
#include "runner/result.h"
#include "runner/runtime.h"
#include "runner/spec.h"

#endif
