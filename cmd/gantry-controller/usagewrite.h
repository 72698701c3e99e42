/*
 * usagewrite - what accounts have used, kept in their status.
 *
 * The core charges jobs at the end of each period (scheduler/usage.h). Then whatever an
 * account has used is written to its status with the time that it is true of, once in
 * each period at most, within the budget of lanes.h; it fades by itself, so an account
 * that nobody uses costs no write. A controller that begins reads it there, and jobs
 * pay for the time since; so no crash charges twice, and a job that has ended is not
 * deleted before its account has it in writing.
 *
 * Each write is fenced by uid and resourceVersion: what an old leader sends late is
 * refused. One that fails is made again at the end of the next period, or when the
 * watch shows the account anew.
 */
#ifndef GANTRY_CONTROLLER_USAGEWRITE_H
#define GANTRY_CONTROLLER_USAGEWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "scheduler/model.h"

struct controller;

/* An account is there, or has changed: as it is stored. */
void usage_seen(struct controller *ctl, const struct account *account,
                const struct json *object);
void usage_forget(struct controller *ctl, const char *account);
/* After a step of the core: queues writes of what it has charged since. */
void usage_write(struct controller *ctl);
/* Is all written that is charged to an account for what ended at a time? Also, if there
 * is no such account. */
bool usage_is_written(const struct controller *ctl, const char *account,
                      int64_t end_sec);
void usage_free(struct controller *ctl);

#endif
