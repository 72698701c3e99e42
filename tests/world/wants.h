/*
 * wants - what else jobs of a world want than nodes for a time: a QOS, or one of two;
 * licences; a time limit that would do as well; to be over by a time.
 *
 * Drawn so that each job can come to its end once it is alone: of what there is nobody
 * wants more than all.
 */
#ifndef GANTRY_TESTS_WORLD_WANTS_H
#define GANTRY_TESTS_WORLD_WANTS_H

#include <stdint.h>

#include "base/json.h"
#include "base/rng.h"

/* What gantry.yaml says that there is. */
#define WORLD_LICENSE "matlab"
#define WORLD_LICENSES 2
#define WORLD_LICENSES_TEXT "2"

/* Into a job's document, whose time limit is so long. */
void wants_draw(struct rng *rng, struct json *job, int64_t limit_sec);

#endif
