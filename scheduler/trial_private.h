/*
 * trial_private - between the parts of a trial: trial_rules.c rules out, trial_find.c
 * finds a place, trial_allow.c cuts it to what limits allow, trial_promise.c says up to
 * when it is looked for, trial_start.c starts, trial_why.c says why not now, trial.c
 * tries.
 */
#ifndef GANTRY_SCHEDULER_TRIAL_PRIVATE_H
#define GANTRY_SCHEDULER_TRIAL_PRIVATE_H

#include "scheduler/components.h"
#include "scheduler/trial.h"

/* `placed`: the slots are those that the placer found last; of components it knows the
 * last one alone. */
void trial_note_place(struct sched *s, struct jobrec *rec, bool placed);
/* In the window that was found last. */
struct placement trial_placement(struct sched *s, const struct entry *entry,
                                 const struct seeker *by);
/* Would it rather wait for few switches than start in a slot? */
bool trial_wants_few(const struct sched *s, const struct job *job, size_t slot);
/* `seekers` has room for all. */
struct components trial_components(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, struct seeker *seekers);

/* What trial_limited tells until the next trial of this choice; NONE and NULL: that
 * none did. */
void trial_set_limited(const struct entry *entry, enum reason reason,
                       const char *message);
/* May it have these slots, under limits? Where it would have more than it may it gets
 * others, of fewer pods, if fewer will do. False: trial_limited says why not. */
bool trial_allow(struct sched *s, const struct entry *entry, const struct seeker *by,
                 struct slot **slots, size_t *n);

#endif
