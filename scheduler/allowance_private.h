/* What the files of allowance share. */
#ifndef GANTRY_SCHEDULER_ALLOWANCE_PRIVATE_H
#define GANTRY_SCHEDULER_ALLOWANCE_PRIVATE_H

#include "scheduler/allowance.h"

/* ---- allowance_place.c: the places that a job is of ---- */

struct place_of {
    const struct limits *limits;
    const char *qos;     /* its name; or of an account: */
    const char *account; /* its name, and */
    bool is_member;      /* of the job's member */
    bool of_part;        /* it is the QOS of its partition alone */
    int64_t factor;      /* thousandths of what it says may be held, that count */
    /* What has been used of it, as of a time, and how fast it fades; NULL: nothing. */
    const struct usage *usage;
    int64_t usage_sec, half_life_sec;
};

#define PLACES_MAX (FAIRTREE_DEPTH_MAX + 4)

/* In the order in which they are looked at. */
struct places {
    struct place_of items[PLACES_MAX];
    size_t n;
};

/* Where it runs; of one that waits the first that it may start in. NULL: none. */
const struct partition *places_part(const struct sched *s, const struct job *job);
void places_find(const struct sched *s, const struct job *job,
                 const struct partition *part, struct places *ret);
/* Of one that waits, the QOS of the i-th partition that it names, if that is neither
 * its own nor of one before. */
void places_find_beside(const struct sched *s, const struct job *job, size_t i,
                        struct places *ret);
/* A limit on who gains age is on jobs that have the QOS themselves: in one that is only
 * of their partition it says nothing. */
bool place_passes_over(const struct place_of *place, const struct limit *limit);
/* Does a place before stand for this one, or is the limit passed over? */
bool places_mask(const struct places *places, size_t at, const struct limit *limit);
/* QOS_*: of its own QOS and of its partition's. */
int64_t places_flags(const struct sched *s, const struct job *job,
                     const struct partition *part);

/* ---- allowance_amount.c: what a job counts for, and together with whom ---- */

#define WHOSE_MAX 2048

/* A job in a partition: with its slots, or without any by what it asks for at least. Of
 * a heterogeneous job a component, as component_alone has it. */
struct asking {
    const struct job *job;
    size_t component;
    const struct partition *part;
    const struct slot *slots;
    size_t n_slots;
    int64_t limit_sec;
    int64_t least_sec;   /* so long it has to last at least, while it waits */
    struct resvec least; /* of the partition as well: variant.h; and of it: */
    struct resvec pod;   /* what each pod asks for by itself */
    bool alone;          /* as if nobody else held anything */
    bool promised;       /* what others hold is looked at over time: pledges */
};

/* Room for a name that is put together; what is longer is cut off. */
struct whose {
    size_t len;
    char text[WHOSE_MAX];
};

/* Names those whose jobs count together for a limit: of the job, or in `buffer`. */
const char *asking_whose(const struct sched *s, const struct asking *a,
                         const struct limit *limit, struct whose *buffer);
/* Of the TRES of a limit, in its unit. */
int64_t asking_amount(const struct sched *s, const struct asking *a,
                      const struct limit *limit);
/* Of a resource of nodes: of all slots, or of those on a node. */
int64_t asking_amount_on(const struct sched *s, const struct asking *a,
                         const struct limit *limit, const char *node);
/* What the job itself counts for. */
int64_t asking_need(const struct sched *s, const struct asking *a,
                    const struct limit *limit);
/* What others have to reckon with: of time all that it may be charged for. */
int64_t asking_takes(const struct sched *s, const struct asking *a,
                     const struct limit *limit);
/* As in Slurm, a limit on GPUs of a type does not bind who asks for any GPUs. */
bool asking_is_bound(const struct asking *a, const struct limit *limit);
/* Does a limit of a place count what it holds, and bind others alone: as another one
 * stands for it, or as it is not bound? */
bool asking_is_exempt(const struct asking *a, const struct places *places, size_t at,
                      const struct limit *limit);
/* The resource that a limit is on; -1: none that nodes have. */
int resource_of_tres(const struct sched *s, const struct limit *limit);
/* Does it have any of what a limit on usage is on? */
bool asking_has(const struct sched *s, const struct asking *a,
                const struct limit *limit);
/* Does it take any of what others' jobs count for as well? As in Slurm, who asks for
 * none of a TRES is not kept by who has more of it than there is. */
bool asking_holds(const struct sched *s, const struct asking *a,
                  const struct limit *limit);
/* So many thousandths of what it has are charged: the usage factor of its QOS. Of what
 * is left (GrpTRESRunMins) as many count while it runs. */
int64_t asking_usage_factor(const struct sched *s, const struct asking *a);
/* Are minutes of a TRES that it has charged for nothing? As in Slurm, it takes none of
 * what a limit on them allows, and is not kept by what others take, or have used. */
bool asking_is_free(const struct sched *s, const struct asking *a,
                    const struct limit *limit);
/* So many count of itself as it asks for time: all, or with UsageFactorSafe those that
 * are charged. */
int64_t asking_factor(const struct sched *s, const struct asking *a);
/* So many others have to reckon with: those that it is charged for; and where it is
 * planned by a limit on what is left, or limits are safe, those above, if more, as it
 * needs them to start. */
int64_t asking_charged(const struct sched *s, const struct asking *a,
                       const struct limit *limit);
/* What it counts for a second by a limit over time, in thousandths of its unit: as
 * others have to reckon with, or not. */
__int128 asking_rate(const struct sched *s, const struct asking *a,
                     const struct limit *limit, bool charged);

/* ---- allowance_node.c ---- */

/* The most that it counts for on one node; billing without its slots for nothing. */
int64_t asking_on_a_node(const struct sched *s, const struct asking *a,
                         const struct limit *limit);

/* ---- allowance_asker.c: what the components of a job count for together ---- */

/* All that a job asks for: each of its components for itself. Those that count together
 * for a limit hold it together. */
struct askings {
    struct asking items[COMPONENTS_MAX];
    struct job alone[COMPONENTS_MAX]; /* of those that are components */
    size_t n;
};

/* `part` is the job's, `slots` are those of all components; NULL: there are none. */
void askings_init(const struct sched *s, struct askings *ret, const struct job *job,
                  const struct partition *part, const struct slot *slots, size_t n);

/* Fills in what it asks for at least; */
void asking_measure(const struct sched *s, struct asking *a);
/* of each, and how long it may last. */
void askings_measure(const struct sched *s, struct askings *all, const struct job *job,
                     const struct partition *part);

/* A component, among all of its job. */
struct asker {
    const struct askings *all;
    const struct asking *one;
};

/* What it counts for with those that count together with it: they start together. */
int64_t asker_need(const struct sched *s, const struct asker *by,
                   const struct place_of *place, const struct limit *limit);
/* What others have to reckon with. */
int64_t asker_takes(const struct sched *s, const struct asker *by,
                    const struct place_of *place, const struct limit *limit);
/* asking_rate of them, for as long as each has to last at least. */
void asker_uses(const struct sched *s, const struct asker *by,
                const struct place_of *place, const struct limit *limit, bool charged,
                struct pledge_uses *ret);
/* Which components they are, a bit each. */
unsigned asker_joined(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit);
/* How many nodes would be in use with theirs, of which no two have one in common. */
int64_t asker_nodes(const struct sched *s, const struct asker *by,
                    const struct place_of *place, const struct limit *limit,
                    const char *whose);
/* The slots of all that count together with it, borrowed: freed alone. */
struct slot *asker_slots(const struct sched *s, const struct asker *by,
                         const struct place_of *place, const struct limit *limit,
                         size_t *ret_n);
/* What it allows: an account, of TRES that are held, times the limit factor in force:
 * that of the first QOS that has one. */
int64_t limit_allows(const struct place_of *place, const struct limit *limit);
/* Does the limit count more than one job? */
bool limit_is_shared(const struct limit *limit);

/* ---- allowance_usage.c: limits on what has been used ---- */

/* Is all used up? */
bool usage_is_up(const struct sched *s, const struct place_of *place,
                 const struct limit *limit);
/* And still at the time for which the job is promised a start, whoever ends before? */
bool usage_stays_up(const struct sched *s, const struct asking *a,
                    const struct place_of *place, const struct limit *limit);
/* Would more be used than there is, if all that run used all that they may, and the job
 * as well? */
bool usage_may_run_out(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit,
                       int64_t need);

/* What has been used, and may yet be by those that run; as it counts where one starts,
 * or as it is charged. */
int64_t usage_spent(const struct sched *s, const struct place_of *place,
                    const struct limit *limit, const char *whose, bool charged);

/* What has been used by now, of which nothing that runs is to be foreseen. */
void usage_past(const struct sched *s, const struct place_of *place,
                const struct limit *limit, const char *whose, struct pledge_past *ret);

/* ---- allowance_pledge.c ---- */

/* Is what plans need of it kept for them, whatever is held now? */
bool limit_is_kept_for_plans(const struct sched *s, const struct limit *limit);
/* What a limit leaves to others beside a job; false: nobody has any of it. */
bool pledge_bound_of(const struct sched *s, const struct asker *by,
                     const struct place_of *place, const struct limit *limit,
                     struct pledge_bound *ret);

/* ---- allowance_count.c ---- */

/* While it waits a job counts with the first of the QOS that it names: so it is in
 * `view`, if need be. */
const struct job *allowance_as_first(const struct sched *s, const struct job *job,
                                     struct job *view);
/* What the job holds as it is, once more; nothing is dropped. */
void allowance_count(struct sched *s, struct jobrec *rec);
/* As allowance_take, and as allowance_bound, though all is being counted anew. */
void allowance_take_now(struct sched *s, struct jobrec *rec);
void allowance_bound_now(const struct sched *s, struct job *job, const struct job *old);

/* ---- allowance_bound.c ---- */

/* What its components need not keep, and their caps, as one number: another one is
 * another shape. */
uint64_t bounds_lifts(const struct job *job);
/* Likewise the longest time limits that it may have. */
uint64_t bounds_walls(const struct job *job);

/* ---- allowance_cap.c: the caps of a job and its components ---- */

void caps_find(const struct sched *s, struct job *job);
void caps_drop(struct job *job);
/* Those that it had, until all is settled. */
void caps_keep(struct job *job, const struct job *old);

/* ---- allowance_say.c ---- */

/* The sentence on a limit that a job would break. */
void allowance_say(const struct place_of *place, const struct job *job,
                   const struct limit *limit, int64_t need, struct str *out);

/* With which component it is, where it is each one's to keep. */
void allowance_say_broken(const struct asker *by, const struct place_of *place,
                          const struct limit *limit, int64_t need, struct str *message);

#endif
