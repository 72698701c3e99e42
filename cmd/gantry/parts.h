/*
 * parts - the cluster's Partitions, in the order in which they were made: Slurm lists
 * them as its configuration does.
 */
#ifndef GANTRY_CLI_PARTS_H
#define GANTRY_CLI_PARTS_H

#include "cmd/gantry/api.h"
#include "scheduler/model.h"

struct part {
    struct partition *model;
    int64_t created_sec;
};

struct partlist {
    struct part *parts;
    size_t n, cap;
};
#define PARTLIST_AUTO __attribute__((cleanup(partlist_fini)))

/* One that cannot be read (a field refused since) is left out with a warning. */
int partlist_fetch(struct partlist *ret, struct api *c, struct err *err);
/* For who shows jobs: whoever may not list partitions gets none, and then what the
 * default partition would have said of a job is not known. */
int partlist_fetch_allowed(struct partlist *ret, struct api *c, struct err *err);
/* Takes `model` over. For tests, too. */
void partlist_add(struct partlist *list, struct partition *model, int64_t created_sec);
void partlist_sort(struct partlist *list);
void partlist_fini(struct partlist *list); /* all zero is fine */

const struct partition *partlist_find(const struct partlist *list, const char *name);
const struct partition *partlist_default(const struct partlist *list); /* NULL: none */
/* Time limit of a job in it that gives none: LIMIT_UNLIMITED at most. */
int64_t part_default_limit(const struct partition *p);

#endif
