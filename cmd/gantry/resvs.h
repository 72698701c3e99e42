/*
 * resvs - the cluster's Reservations, by name, as scontrol and sinfo show them.
 */
#ifndef GANTRY_CLI_RESVS_H
#define GANTRY_CLI_RESVS_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/noderow.h"
#include "scheduler/reservation.h"

struct resv {
    const char *name;
    const struct json *spec;    /* NULL: none */
    const char *state;          /* "ACTIVE", "INACTIVE", "INVALID" */
    const char *message;        /* what is wrong with it; "" */
    const char *nodes;          /* that it has: a hostlist; "" */
    int64_t node_count;         /* of these */
    int64_t start_sec, end_sec; /* of now, or next; TIME_UNSET: it is over */
    bool partial; /* it has only so much of its nodes (scheduler/portion.h): */
    int64_t cpus, gpus;
};

/* All zero is empty. */
struct resvlist {
    struct json *body; /* what the others are lent from */
    struct resv *resvs;
    size_t n;
};
#define RESVLIST_AUTO __attribute__((cleanup(resvlist_fini)))

int resvlist_fetch(struct resvlist *ret, struct api *c, struct err *err);
void resvlist_fini(struct resvlist *list);
const struct resv *resvlist_find(const struct resvlist *list, const char *name);
/* The zone of gantry.yaml, by whose clocks they come again; to be given to zone_fini.
 * `ns` is the controller's. */
int resvs_fetch_zone(struct api *c, const char *ns, struct zone *ret, struct err *err);
/* As the controller reads one, by the clocks of its zone (NULL: UTC, where it does not
 * matter when one comes again); to be freed. NULL: it cannot act, and err says why. */
struct reservation *resv_model(const struct json *object, const struct zone *zone,
                               struct err *err);
/* Of a list "a,b": is each there, and not over? -1: one is not, in words of Slurm's.
 * Of those that the caller may not see nothing is said. */
int resvs_check_names(struct api *c, const char *names, struct err *err);
bool resv_has_flag(const struct resv *r, const char *flag);
/* Asks for them: nodes of those that are active, and have them whole, are MAINT, or
 * RESERVED. */
int resvs_mark(struct nodelist *nodes, struct api *c, struct err *err);
/* What it has: of its nodes, unless it holds only so much. */
void resv_sum(const struct resv *r, const struct nodelist *nodes, int64_t *ret_cpus,
              int64_t *ret_gpus);

#endif
