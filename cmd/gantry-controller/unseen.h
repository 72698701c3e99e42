/*
 * unseen - pods of attempts that are over, which the watch has not shown as they are.
 *
 * What is known of a rank comes from the answers to our own writes too. Where a job is
 * deleted while the watch of pods is behind, its pods still hold their nodes, but no
 * cached object says so. From here they go on being counted until
 *
 *   - the watch shows the pod on a node, ended, or gone: it is counted from there, or
 *   - a list of pods that was begun afterwards lacks it, or
 *   - a write for it that was still on its way turns out to have bound nothing.
 *
 * An entry whose write is over is a pod that was there for certain, so one of the first
 * two comes: nothing is counted for ever.
 */
#ifndef GANTRY_CONTROLLER_UNSEEN_H
#define GANTRY_CONTROLLER_UNSEEN_H

#include <stdbool.h>

struct controller;
struct pod;
struct record;

/* Of the attempt under way, which is about to be forgotten: what may hold a node, and
 * is not in the cache so. The job must still be known. */
void unseen_keep(struct record *r);

/* What the write for a pod whose attempt is over has come to. */
enum unseen_end {
    UNSEEN_NOTHING, /* it did not change what holds */
    UNSEEN_BOUND,   /* an answer showed it on its node */
    UNSEEN_FREE,    /* an answer showed that it holds nothing */
};
void unseen_end(struct controller *ctl, const char *ns, const char *name,
                enum unseen_end end);

/* The watch shows the pod, or that it is gone. */
void unseen_saw(struct controller *ctl, const struct pod *pod, bool gone);
/* A list of pods is complete. */
void unseen_listed(struct controller *ctl);
void unseen_free(struct controller *ctl);

#endif
