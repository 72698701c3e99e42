/*
 * events - what has become of a job, told to whoever asks kubectl describe or events.
 *
 * An Event for each change that jobevent.h has a row for. It is named after the version
 * of the job that it tells of, so none is told twice, whoever tells it.
 *
 * They are for people, so they are the first to give way: lanes.h has them behind all
 * that jobs wait for, and where EVENTS_WAITING_MAX wait, no more are taken in until
 * there is room. One that the server does not take is not sent again.
 */
#ifndef GANTRY_CONTROLLER_EVENTS_H
#define GANTRY_CONTROLLER_EVENTS_H

#define EVENTS_WAITING_MAX 1000

struct bjob;
struct controller;

/* The job was seen as `was`, then as `is`, which is newer. */
void events_tell(struct controller *ctl, const struct bjob *was, const struct bjob *is);
/* Cancels what is under way and forgets what waits. */
void events_free(struct controller *ctl);

#endif
