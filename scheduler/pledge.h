/*
 * pledge - what jobs hold of limits, and will hold by their plans, over coming time.
 *
 * As held.h has it for now: a pledge for each limit (by its address, never looked at)
 * and each of those that it is counted for apart. It has the levels of what is held and
 * planned in each slot, as the stock has what is free of licences:
 *
 *     at most 2 jobs of a user   | 0: 1 held | 12: 1 held, 1 planned | 40: 1 planned
 *
 * so that nobody is planned, or starts, where a limit would have no room for those who
 * are planned there already.
 *
 *   SUM     so much of each job, in all slots that it touches. It has to be within the
 *           limit when somebody starts, as it only falls meanwhile
 *   LEFT    in thousandths: of plans all that they may use, as it is charged, or as
 *           they need it to start, if that is more; of what is held what is left of it,
 *           which falls. It has to be within the limit when somebody starts: in the
 *           first slot of a window, and in those in which somebody is planned
 *   NODES   each node once, whoever is on it
 *   SPENT   what plans may be charged for counts from their start on for ever. It has
 *           to be within the limit when somebody is planned to start, himself with what
 *           he needs to start; by itself a start now needs no room beside plans
 *   USED    what jobs use counts as they do: of each a rate, from its start to its end.
 *           There has to be some left when somebody starts, so nobody starts who would
 *           have used up, by when another one is planned, what that needs to start
 *
 * One limit may allow more to some than to others (LimitFactor of their QOS), and those
 * for whom another limit stands anything; and who is planned may need less to start
 * than is kept for him: so of all but LEFT it is known with how much in all each of
 * those who are planned may start.
 */
#ifndef GANTRY_SCHEDULER_PLEDGE_H
#define GANTRY_SCHEDULER_PLEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "scheduler/interned.h"
#include "scheduler/levels.h"
#include "scheduler/model.h"

enum pledge_kind { PLEDGE_SUM, PLEDGE_LEFT, PLEDGE_NODES, PLEDGE_SPENT, PLEDGE_USED };

struct pledge_key {
    const void *limit;
    const char *whose; /* interned */
};

struct pledge_node;

/* Those planned who may start where so much is held in all, with them. */
struct pledge_term {
    __int128 most;
    struct levels starts; /* `planned` is how many of them have started by then */
};

/* Those for whom another limit stands. */
#define PLEDGE_ANY ((__int128)INT64_MAX)

struct pledge {
    struct pledge_key key;
    enum pledge_kind kind;
    struct levels levels; /* of nodes: `held` is how many are in use, or planned */
    struct pledge_term *terms;
    size_t n_terms, terms_cap;
    struct pledge_node *nodes; /* hash by name */
    UT_hash_handle hh;
};

/* All zero is empty. */
struct pledges {
    struct pledge *all; /* hash */
    struct interned names;
};

/* Forgets all. */
void pledges_reset(struct pledges *p);
/* Slots are counted anew: lane.h, lane_renumber. */
void pledges_renumber(struct pledges *p, const uint16_t *places);

/* NULL: nobody holds any of it, nor will. It stays where it is until a reset. */
struct pledge *pledges_find(const struct pledges *p, const void *limit,
                            const char *whose);
/* Made if new; `whose` is copied. */
struct pledge *pledges_get(struct pledges *p, const void *limit, const char *whose,
                           enum pledge_kind kind);

/* What a job takes in the slots [first, last); `last` may be `n_slots`, which is
 * without end. USED: in thousandths, `fading` the rate below zero, which counts in
 * these; `planned` from the first on for ever, the rate times its start below zero (who
 * holds something: 0, what has been used by now is taken off); `held` from `last` on,
 * the rate times its end. So of a plan there is rate * (time - start), and behind it
 * rate * (end - start). */
void pledge_take(struct pledge *pledge, const struct amounts *amounts, size_t first,
                 size_t last, size_t n_slots);
void pledge_give(struct pledge *pledge, const struct amounts *amounts, size_t first,
                 size_t last, size_t n_slots);
/* Somebody planned for that slot may start with at most so much; with sign -1 he is
 * planned there no longer. */
void pledge_start(struct pledge *pledge, __int128 most, size_t first, size_t n_slots,
                  int sign);
/* With sign -1: nodes that it has no longer. */
void pledge_use_nodes(struct pledge *pledge, const struct slot *slots, size_t n,
                      size_t first, size_t last, size_t n_slots, int sign);

/* USED: what has been used by now. To the last thousandth: were any cut off, what is
 * known of it could rise while nobody uses more, and who is planned for all that is
 * left could not start. */
struct pledge_past {
    int64_t used, used_sec; /* up to the end of a period, which fades */
    int64_t unit;           /* what one of these is, in thousandths of the limit's */
    int64_t half_life_sec, period_sec;
    __int128 recent; /* since then, in those */
    int64_t now_sec;
    int64_t reset_sec; /* when all is forgotten; TIME_UNSET: never */
};

/* What a job uses as time goes on: its components so much a second, for so long; those
 * that last as long together. */
struct pledge_uses {
    struct pledge_use {
        __int128 rate;
        int64_t lasts_sec;
    } items[COMPONENTS_MAX];
    size_t n;
};

/* What a limit leaves to others beside a job. */
struct pledge_bound {
    const struct pledge *pledge;
    __int128 room; /* USED: all that it allows, in thousandths; and: */
    struct pledge_uses uses;
    struct pledge_past past;
    __int128 need;     /* SUM: of itself; SPENT: with what those that run have spent */
    __int128 room_now; /* LEFT: to plans, if it starts now; and */
    __int128 alone;    /* so much more as it starts where nobody is planned */
    bool beside_planned; /* only where somebody is planned, who starts */
};

/* Does what a plan takes count behind its end as well? */
static inline bool pledge_is_for_ever(const struct pledge *pledge)
{
    return pledge->kind == PLEDGE_SPENT || pledge->kind == PLEDGE_USED;
}

/* Is the first slot of a window another one than those behind it? */
bool pledge_goes_by_start(const struct pledge_bound *bound);

/* The last of the slots [first, last) in which others have more than that; SIZE_MAX:
 * none. `times`: when slots begin. */
size_t pledge_short(const struct pledge_bound *bound, const int64_t *times,
                    size_t first, size_t last);
/* The last in a row with such a slot, of which the same is known. */
size_t pledge_short_to(const struct pledge_bound *bound, size_t slot);
/* Of a limit on nodes: with these, which others may have as well, the last in which
 * they are too many for one who starts there, the first of them, or for who is planned
 * to: it is those of the latter that one may be beside. Where these are all in use
 * already they make nothing worse, but they are not more than there may be. */
size_t pledge_short_nodes(const struct pledge_bound *bound, const struct slot *slots,
                          size_t n, size_t first, size_t last);
/* LEFT, of which each slot has `room`: until when somebody may go on who starts now,
 * each of his components up to its own end, beside all who are planned later;
 * TIME_NEVER: for ever. */
int64_t pledge_until(const struct pledge_bound *bound, const int64_t *times);
/* Of that, in thousandths, what is still known of then: it fades. */
__int128 pledge_past_by(const struct pledge_past *past, int64_t time);
/* USED, in thousandths: by the begin of a slot, if all that run, and all that are
 * planned before it, go on to their limits. What has been used from now on does not
 * fade, so it is as much at most. `pledge` may be NULL. */
__int128 pledge_used_by(const struct pledge_bound *bound, const int64_t *times,
                        size_t slot);
/* Until when they may go on, each up to its own end, to use no more than that from a
 * time on; LIMIT_UNLIMITED: all to their ends. */
int64_t pledge_uses_last(const struct pledge_uses *uses, __int128 room,
                         int64_t from_sec);
/* For how long somebody who starts now may go on using it so. */
int64_t pledge_lasts(const struct pledge_bound *bound, const int64_t *times);
/* SPENT: how much those that run may have spent in all, so that all start who are
 * planned; PLEDGE_ANY: nobody needs any. */
__int128 pledge_spare(const struct pledge *pledge);
/* Each node that is in use in a slot, once. */
void pledge_each_node(const struct pledge *pledge, size_t slot,
                      void (*fn)(void *arg, const char *node), void *arg);

#endif
