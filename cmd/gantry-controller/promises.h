/*
 * promises - tells the log when promised starts were broken, and by what
 * (scheduler/broken.h): at most one line a step of the core, with what has been
 * broken since this controller began.
 */
#ifndef GANTRY_CONTROLLER_PROMISES_H
#define GANTRY_CONTROLLER_PROMISES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "scheduler/broken.h"

struct controller;

/* By cause, since the core began. */
struct promises {
    size_t n[BROKEN_CAUSES];
};

/* Appends "3 promised starts broken: node 2, overrun 1; 4 since the controller began:
 * ...". False: none has been since. */
bool promises_say(const struct promises *before, const struct promises *now,
                  struct str *out);
/* After a step of the core. */
void promises_tell(struct controller *ctl);

#endif
