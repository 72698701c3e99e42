/*
 * pass_private - between the parts of the walk through the queue: pass_entry.c makes
 * entries, pass_fill.c fills the queue with them, pass.c walks through it, pass_crowd.c
 * counts who waits for the same nodes, pass_section.c cuts it in sections.
 */
#ifndef GANTRY_SCHEDULER_PASS_PRIVATE_H
#define GANTRY_SCHEDULER_PASS_PRIVATE_H

#include "scheduler/core.h"

/* Does the job name its i-th partition twice, before that already? */
bool pass_listed_before(const struct job *job, size_t i);
/* From that entry on, up to the end of the queue as far as is known. */
void pass_section_begin(struct pass *pass, size_t first);
/* The entry, the queue's at that place, is the first of the next section, as somebody
 * in this one may preempt it: this one ends before it. So does the walk where a hunt is
 * put off of one who may. */
bool pass_section_ends(struct sched *s, const struct entry *entry, size_t at);
/* One in the section has been looked at. */
void pass_section_note(struct sched *s, const struct entry *entry);
/* Once for each job, at its first entry that waits. */
void pass_join_crowd(struct sched *s, const struct entry *entry);

#endif
