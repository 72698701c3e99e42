/*
 * teams - accounts of a world, whose jobs are under limits together.
 *
 * In half of the worlds there are none. Else every job is of one: "lab" has so many
 * jobs at a time, those of "red" and "blue" below it, and "red" so many CPUs and nodes
 * besides; "free" has what it likes. Of red is only who fits alone.
 */
#ifndef GANTRY_TESTS_WORLD_TEAMS_H
#define GANTRY_TESTS_WORLD_TEAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rng.h"

struct teams {
    bool any;
    int64_t lab_jobs, red_cpus, red_nodes;
};

#define TEAM_NAMES 4

/* On nodes of so many CPUs. */
void teams_draw(struct teams *t, struct rng *rng, int64_t cpus_per_node);
/* Their objects, an account above before those below; NULL: that was the last. */
struct json *teams_account(const struct teams *t, size_t i);
/* Into a job's document, which is done but for that; one that is not to be limited is
 * of "free". */
void teams_join(const struct teams *t, struct rng *rng, struct json *job, bool limited);

#endif
