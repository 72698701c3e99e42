/*
 * engine_private - what engine.c (from moment to moment), engine_job.c (jobs come,
 * start and end), engine_entry.c, engine_fault.c, engine_array.c
 * and engine_resv.c share.
 */
#ifndef GANTRY_SIM_ENGINE_PRIVATE_H
#define GANTRY_SIM_ENGINE_PRIVATE_H

#include "cmd/gantry-sim/arrays.h"
#include "cmd/gantry-sim/ends.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/kin.h"
#include "cmd/gantry-sim/ledger.h"

/* Nodes that a reservation has by the core's choice; sorted. */
struct choice_of {
    char **nodes;
    size_t n;
};

struct engine {
    const struct replay *in;
    struct history *history;
    struct sched *sched;
    struct ledger *ledger;
    struct kin *kin;
    struct arrays *arrays;
    struct ends ends;
    struct choice_of *chosen; /* of each reservation of the pool */
    int64_t *idle_sec; /* likewise, of one that may go: since when nobody needs it;
                        * TIME_UNSET: somebody does, or it has not begun */
    size_t next_job, next_outage;
    struct sample at; /* as things stand */
    size_t ended, told;
    bool changed; /* since the last sample */
    bool looked;  /* for faults */
    bool again; /* what was decided lets others start: the core is to be asked again */
    struct err *err;
    bool failed;
};

#define ENTRY_TEXT_MAX (64u << 10)

/* May a job come into the queue? Partitions in state DRAIN or INACTIVE take none, nor
 * do limits on how many are queued, or with DenyOnLimit. REASON_NONE, and its
 * partitions become those that have it, of which one may be another one's alternate; or
 * why not, with a sentence appended. */
enum reason engine_entry(const struct engine *e, struct job *model,
                         struct str *message);

/* After the first step: to the history's faults. */
void engine_note_faults(struct engine *e);
/* At the end: likewise, of reservations that never began. */
void engine_note_unbegun(struct engine *e);

/* Which nodes reservations have: from the beginning, and after each step. */
void engine_reserve(struct engine *e, int64_t now_sec);
void engine_note_reservations(struct engine *e, int64_t now_sec);
/* Those go that nobody has needed for so long (PURGE_COMP), as in the controller. */
void engine_purge(struct engine *e, int64_t now_sec);
/* When one would go next; INT64_MAX: none, as things stand. */
int64_t engine_next_purge(const struct engine *e);
/* When one begins next that may go; likewise. */
int64_t engine_next_idle(const struct engine *e, int64_t now_sec);
void engine_forget_reservations(struct engine *e);

/* Of one that is known to the core: which account it has, if it names none. */
void engine_note_account(struct engine *e, size_t job);
/* It is submitted; one that ran when the workload was saved runs on. */
void engine_submit(struct engine *e, size_t job, int64_t now_sec);
/* It need not wait any more: what it waits for can never be. */
void engine_give_up(struct engine *e, const struct decision *d, int64_t now_sec);
/* As the core has decided. */
void engine_start(struct engine *e, const struct decision *d, int64_t now_sec);
/* It ends by itself. */
void engine_complete(struct engine *e, size_t job, int64_t now_sec);
/* The core ends it, if it still runs: its time is up, or another job has its nodes. */
void engine_cut_off(struct engine *e, size_t job, int64_t now_sec);
/* Or a component of a heterogeneous job, which goes on without it. */
void engine_end_component(struct engine *e, const struct decision *d, int64_t now_sec);
/* Jobs on a node that is lost. */
void engine_lose_node(struct engine *e, size_t node, int64_t now_sec);
/* A uid of the core's, as a place in the workload. */
size_t engine_job_of(const char *uid);

/* The core is told of an array, once, unless it is refused (arrays.h). */
void engine_array_submit(struct engine *e, struct array *array, int64_t now_sec);
/* The task that a START gives nodes, with these, as a job of its own: the core is to be
 * told of it. */
struct job *engine_array_start(struct engine *e, struct array *array,
                               const struct decision *d);
/* A task is a job of its own, which waits. */
void engine_array_split(struct engine *e, struct array *array,
                        const struct decision *d);
/* None of those left will ever start. */
void engine_array_give_up(struct engine *e, struct array *array);
/* One has ended: its array says how, if somebody waits for that. */
void engine_array_task_over(struct engine *e, const struct job *task, bool well);

#endif
