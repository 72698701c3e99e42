/*
 * pass_private - between the parts of the walk through the queue: pass_entry.c makes
 * entries, pass_fill.c fills the queue with them, pass.c walks through it. In a turn,
 * pass_turn.c knows what each round is for, pass_rule.c stops whom a rule forbids to
 * start, pass_hunt.c looks for victims, pass_prefer.c has the first of equal choices,
 * pass_hold.c knows whose start waits for the next walk.
 * pass_crowd.c counts who waits for the same nodes, pass_section.c cuts the queue in
 * sections.
 */
#ifndef GANTRY_SCHEDULER_PASS_PRIVATE_H
#define GANTRY_SCHEDULER_PASS_PRIVATE_H

#include "scheduler/core.h"

/* Does the job name its i-th partition twice, before that already? */
bool pass_listed_before(const struct job *job, size_t i);
/* Its i-th choice, in that partition: false where it is to be drawn into a reservation,
 * and may not be there, or with that QOS. */
bool pass_is_open(struct sched *s, struct jobrec *rec, const struct partrec *part,
                  size_t i);
/* From that entry on, up to the end of the queue as far as is known. */
void pass_section_begin(struct pass *pass, size_t first);
/* The entry, the queue's at that place, is the first of the next section, as somebody
 * in this one may preempt it: this one ends before it. So does the walk where a hunt is
 * put off of one who may. */
bool pass_section_ends(struct sched *s, const struct entry *entry, size_t at);
/* One in the section has been looked at. */
void pass_section_note(struct sched *s, const struct entry *entry);
/* Once for each job, at its first entry that waits; with its fence there. */
void pass_join_crowd(struct sched *s, const struct entry *entry,
                     const struct fence *fence);

/* What this round of the walk is for. */
void pass_consider(struct sched *s, struct entry *entry, int64_t now_sec);
/* It has: an array with tasks left has its turn again at once. */
void pass_note_started(struct sched *s, struct entry *entry);

/* True: it can never start here, whatever is free, and is told so. What takes its
 * promise from the next task of an array takes it from those behind it; else they may
 * keep theirs: what others hold now does not count for who is promised a start. */
bool pass_rule_out(struct sched *s, const struct entry *entry);
/* Starts before it may have reached limits of its as well: then it is told so. */
bool pass_meets_limit(struct sched *s, struct entry *entry);

/* The entry has had its turn: is that the choice in which its job is planned? */
void pass_prefer_note(const struct sched *s, const struct entry *entry);
/* The entry was tried, and has not started: where its job is planned in a choice behind
 * this one, and could have the same start here, it gets that. */
void pass_prefer(struct sched *s, const struct entry *entry, const struct seeker *by);
/* A limit of its, or its array's, is not a lack of room. */
bool pass_is_limited(const struct sched *s, const struct entry *entry);
/* Looks for victims, once in a walk. True: it has started, or has its turn again, as
 * the search goes on. */
bool pass_hunt(struct sched *s, struct entry *entry, int64_t now_sec);
/* Is it promised a start now, and not to have it in this walk, as it is new, or as
 * things have moved since? Its turn is over then. */
bool pass_is_held(const struct sched *s, struct jobrec *rec);
/* May it have its turn now? A search for victims is cut in slices between two tries,
 * and its herd is found before. False: there is no time for it in this step. */
bool pass_has_leave(struct sched *s, const struct entry *entry, int64_t now_sec,
                    struct sched_budget budget);

#endif
