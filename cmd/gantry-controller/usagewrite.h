/*
 * usagewrite - what has been used of accounts and QOS, and what is wrong with one, kept
 * in their status.
 *
 * The core charges jobs at the end of each period (scheduler/usage.h). Then whatever an
 * account, or a QOS, has used is written to its status with the time that it is true
 * of, once in each period at most, within the budget of lanes.h; it fades by itself, so
 * one that nobody uses costs no write. A controller that begins reads it there, and
 * jobs pay for the time since; so no crash charges twice, and a job that has ended is
 * not deleted before its account and its QOS have it in writing.
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

struct bjob;
struct controller;

enum payer_kind { PAYER_ACCOUNT, PAYER_QOS, PAYER_KINDS };

/* One is there, or has changed: as it is stored, with usage that is true of a time. */
void usage_seen(struct controller *ctl, enum payer_kind kind, int64_t stored_sec,
                const struct json *object);
/* One is there that cannot be read, and so is ignored: who looks at it is told why. */
void usage_unread(struct controller *ctl, enum payer_kind kind,
                  const struct json *object, const char *why);
/* It is gone, or cannot be read any more. */
void usage_forget(struct controller *ctl, enum payer_kind kind, const char *name);
/* Up to when who ran had been charged when the controller began, whoever pays now: by
 * the last usage in writing, less a period, as others may not have been written. */
int64_t usage_paid_sec(const struct controller *ctl);
/* After a step of the core: queues writes of what it has charged since. */
void usage_write(struct controller *ctl);
/* Is all written that a job which has ended is charged for? Also, where its account and
 * QOS are gone, or ignored. */
bool usage_is_written(const struct controller *ctl, const struct bjob *job);
void usage_free(struct controller *ctl);

#endif
