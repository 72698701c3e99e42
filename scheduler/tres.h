/*
 * tres - what is counted of jobs besides themselves, Slurm's trackable resources: their
 * kinds and names.
 *
 * Some kinds are of a type: GPUs may be, licences and other devices always are.
 */
#ifndef GANTRY_SCHEDULER_TRES_H
#define GANTRY_SCHEDULER_TRES_H

#include "base/str.h"

enum tres {
    TRES_NONE, /* of limits that count jobs or time */
    TRES_CPU,
    TRES_MEM,
    TRES_NODE,
    TRES_GPU, /* of a type, or of any */
    TRES_BILLING,
    TRES_LICENSE, /* of a name, which stands as its type */
    TRES_DEVICE,  /* any other resource of nodes; its name stands as its type */
    TRES_KINDS
};

/* "cpu", "mem", "node", "gres/gpu[:TYPE]", "billing", "license/NAME", and of devices
 * "gres/DOMAIN/NAME" as nodes have them; in whatever case.
 * TRES_NONE: it is none of these. `*ret_type` points into `key`; NULL: no type. */
enum tres tres_parse(const char *key, const char **ret_type);
/* The order of lists: of a TRES all types come before each. 0: they are the same. */
int tres_compare(enum tres a, const char *a_type, enum tres b, const char *b_type);
/* "gres/gpu:h100", "license/matlab", "gres/x.org/fpga"; `type` may be NULL. */
void tres_say(enum tres tres, const char *type, struct str *out);

#endif
