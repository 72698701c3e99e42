/*
 * license - licences: counted things of the whole cluster, known by name.
 *
 * The settings say how many there are of each; a job asks for some of them and has
 * these, like its nodes, from its start until its pods are gone (stock.h).
 */
#ifndef GANTRY_SCHEDULER_LICENSE_H
#define GANTRY_SCHEDULER_LICENSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

#define LICENSES_MAX 32
#define LICENSE_NAME_MAX 64
#define LICENSE_COUNT_MAX 1000000000

/* What there is; sorted by name, each once. Plain data, so that it may be copied. */
struct license_total {
    char name[LICENSE_NAME_MAX];
    int64_t total;
};

struct license_table {
    size_t n;
    struct license_total items[LICENSES_MAX];
};

/* -1: there is none of that name. */
int license_find(const struct license_table *table, const char *name);
/* How many of that name are among them; 0: none. */
int64_t license_count(struct license_list has, const char *name);
/* Can the job ever have those that it takes? Of several of which it takes any, each is
 * to be there. */
enum reason license_check(const struct license_table *table, const struct job *job,
                          struct str *message);

#endif
