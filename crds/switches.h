/*
 * switches - Slurm's text for few switches: "1", "2@10:00".
 *
 * How many leaf switches a job would have at most and, behind "@", how long it waits
 * for that: a duration, as in Slurm of minutes.
 */
#ifndef GANTRY_CRDS_SWITCHES_H
#define GANTRY_CRDS_SWITCHES_H

#include <stdint.h>

#include "base/err.h"

#define SWITCHES_MAX 100000

/* *ret_wait_sec is LIMIT_UNSET where none is given. -1: what is wrong with the text,
 * and what would be right. */
int switches_parse(const char *text, int64_t *ret_most, int64_t *ret_wait_sec,
                   struct err *err);

#endif
