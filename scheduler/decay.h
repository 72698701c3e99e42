/*
 * decay - usage that fades: half of it is left after each half-life.
 *
 *   decay(v, dt)      what is left of v after dt:       v x 2^(-dt / half-life)
 *   decay_charge(dt)  what a rate of 1 has left behind at the end of dt seconds, each
 *                     second of it faded since:         the integral of the above
 *
 * Slurm multiplies by 1 - 0.693 / half-life each second, which is the same for long
 * half-lives. All is integers (fixed point, a table of the roots of 1/2), so that every
 * machine, and a core that begins anew, finds the same. Times in seconds; a half-life
 * of 0: nothing fades (PriorityDecayHalfLife=0). A time below 0 counts as 0.
 */
#ifndef GANTRY_SCHEDULER_DECAY_H
#define GANTRY_SCHEDULER_DECAY_H

#include <stdint.h>

/* Rounded down, so that what is used no more is nothing in the end. */
int64_t decay(int64_t value, int64_t dt_sec, int64_t half_life_sec);

/* The same, worked out once for many values. */
struct fading {
    uint64_t part;    /* of 2^64, left after less than a half-life; 0: there is none */
    int64_t halvings; /* whole half-lives */
};
struct fading fading_after(int64_t dt_sec, int64_t half_life_sec);
int64_t fading_left(struct fading fading, int64_t value);

/* In 1 / DECAY_ONE seconds. */
#define DECAY_ONE (INT64_C(1) << 20)
int64_t decay_charge(int64_t dt_sec, int64_t half_life_sec);

#endif
