/*
 * action - a command on a job, as data (api.md: spec.actions).
 *
 * Each has an id of its own, and is carried out once, in the order of the list; status
 * says which was the last, and what came of it.
 */
#ifndef GANTRY_CONTROLLER_ACTION_H
#define GANTRY_CONTROLLER_ACTION_H

#include <stddef.h>

#include "base/json.h"
#include "base/siglist.h"
#include "scheduler/taskset.h"

enum action_type {
    ACTION_CANCEL,
    ACTION_CANCEL_COMPONENT,
    ACTION_REQUEUE,
    ACTION_REQUEUE_HOLD,
    ACTION_SIGNAL,
    ACTION_HOLD, /* of tasks of an array, which are split off */
    ACTION_OTHER
};

struct action {
    char *id;
    enum action_type type;
    struct siglist_item signal; /* of SIGNAL */
    int64_t component;    /* for this one alone: of CANCEL_COMPONENT, SIGNAL; -1 */
    struct taskset *only; /* of an array: for these of its tasks, none where
                                   they cannot be read; NULL: all */
};

#define ACTION_DONE "Done" /* an outcome; others say why not */

/* Those of a spec; NULL: it has none. Free with actions_free. */
struct action *actions_read(const struct json *spec, size_t *ret_n);
void actions_free(struct action *actions, size_t n);

#endif
