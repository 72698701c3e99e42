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
/* Nodes that come first there, but for those that limits would rather have: those of
 * its reservation, or its user's own (components have none). NULL: none. */
const uint64_t *trial_home(struct sched *s, const struct entry *entry);
/* Would it rather wait for few switches than start in a slot? */
bool trial_wants_few(const struct sched *s, const struct job *job, size_t slot);
/* `seekers` has room for all. */
struct components trial_components(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, struct seeker *seekers);

/* Is it promised a start there? Then limits are looked at as they are at that time. */
bool trial_stands(const struct entry *entry);

/* What trial_limited tells until the next trial of this choice; NONE and NULL: that
 * none did. */
void trial_set_limited(const struct entry *entry, enum reason reason,
                       const char *message);
/* Likewise, where it may be planned for later: trial_limited tells nothing of it. */
void trial_set_limited_now(const struct entry *entry, enum reason reason,
                           const char *message);
/* Likewise, where nothing would be left by then: trial_limited tells it. */
void trial_set_limited_later(const struct entry *entry, enum reason reason,
                             const char *message);
/* As trial_limited, of what keeps it only from a place now. */
enum reason trial_limited_now(const struct entry *entry, struct str *message);

/* May it have these slots in the window that was found last, under limits? */
enum allowed {
    ALLOWED,
    ALLOWED_NOT_THEN, /* beside what is planned there; perhaps at another time */
    ALLOWED_NOT_SO, /* it is more than it may have by itself; perhaps other nodes do */
    ALLOWED_NOT_BY, /* what it is allowed will be used up by then, but is not yet */
    ALLOWED_NOT,    /* trial_limited says why not */
};
/* Never ALLOWED_NOT_SO: it is noted in `declined` of the job, and the answer is that it
 * may not then. Nor ALLOWED_NOT_BY: trial_is_limited_later tells that. */
enum allowed trial_check(struct sched *s, const struct entry *entry,
                         const struct seeker *by, const struct slot *slots, size_t n);
/* Likewise; where it would have more than it may it gets others, of fewer pods, if
 * fewer will do. */
enum allowed trial_allow(struct sched *s, const struct entry *entry,
                         const struct seeker *by, const struct slot **slots, size_t *n);
/* Those that are counted already, where there would be too many nodes by the last
 * check; the caller's. */
node_set trial_group_nodes(const struct sched *s);
/* Of a heterogeneous job: how many nodes but these those of its components need that
 * count together in that limit, if all nodes were empty; -1: it is not known. */
int64_t trial_fewest_nodes(struct sched *s, const struct entry *entry,
                           const uint64_t *uncounted);
/* A place was found that it may not have, as what runs leaves it too few nodes. With
 * some of those that its group has it may have a later one: is it that, and could it
 * have enough of them? */
bool trial_may_go_beside(struct sched *s, const struct entry *entry,
                         const struct seeker *by);
/* What kept it from a place now: it may have one later; or with false: not. */
void trial_limit_now(const struct entry *entry, bool now);
/* Why limits keep it from starting now, where it has nodes, or has no plan either;
 * s->message says so. */
enum reason trial_why_limited(struct sched *s, const struct entry *entry,
                              const struct seeker *by, bool planless);

#endif
