/*
 * resvflag - the words of spec.flags of a Reservation, Slurm's (scontrol(1), create
 * reservation), and what each says.
 */
#ifndef GANTRY_CRDS_RESVFLAG_H
#define GANTRY_CRDS_RESVFLAG_H

#include <stdbool.h>
#include <stddef.h>

#include "scheduler/reservation.h"

/* The i-th word, by the alphabet; NULL: there are no more. */
const char *resvflag_word(size_t i);

/* Sets what the word says in `r`; some say what is so anyway, or what others read
 * (TIME_FLOAT: its times). False: there is no such word, `r` is as before. */
bool resvflag_set(struct reservation *r, const char *word);

#endif
