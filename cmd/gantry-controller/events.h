/*
 * events - what has become of a job, told to whoever asks kubectl describe or events.
 *
 * An Event for each change that jobevent.h has a row for. It is named after the version
 * of the job that it tells of, so none is told twice, whoever tells it.
 *
 * What is told again word for word, between two restarts of the job, is a series of
 * the first, as client-go has it: the first repeat is written at once, further ones are
 * counted and written when EVENTS_QUIET_MS have passed without one, or every
 * EVENTS_REFRESH_MS. A repeat after that is an event of its own.
 *
 *   tell --> WAITS --written--> KEPT --repeated--> WAITS
 *             ^  |               +--quiet, all of it written--> gone
 *   after a while|
 *             |  +--a passing failure--> RESTS        (EVENTS_TRIES in all, then gone)
 *             +----------------------------+
 *
 * They are for people, so they are the first to give way: lanes.h has them behind all
 * that jobs wait for, and where EVENTS_WAITING_MAX are not written yet, no more are
 * taken in until there is room. One that the server refuses for good is not sent again.
 */
#ifndef GANTRY_CONTROLLER_EVENTS_H
#define GANTRY_CONTROLLER_EVENTS_H

#define EVENTS_WAITING_MAX 1000
#define EVENTS_TRIES 12
#define EVENTS_AGAIN_MS 10000
#define EVENTS_QUIET_MS (6 * 60000)
#define EVENTS_REFRESH_MS (30 * 60000)

struct bjob;
struct controller;

/* The job was seen as `was`, then as `is`, which is newer. */
void events_tell(struct controller *ctl, const struct bjob *was, const struct bjob *is);
/* Cancels what is under way and forgets what waits. */
void events_free(struct controller *ctl);

#endif
