#include "cmd/gantry-controller/start.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/sched.h"

struct start start_of(const struct decision *d)
{
    return (struct start){.on = true,
                          .slots = slots_ref(d->slots),
                          .n_slots = d->n_slots,
                          .partition = xstrdup_null(d->partition),
                          .reservation = xstrdup_null(d->reservation),
                          .license = xstrdup_null(d->license),
                          .qos = xstrdup_null(d->chosen_qos),
                          .limit_sec = d->limit_sec};
}

void start_fini(struct start *start)
{
    slots_unref(start->slots);
    free(start->partition);
    free(start->reservation);
    free(start->license);
    free(start->qos);
    *start = (struct start){0};
}
