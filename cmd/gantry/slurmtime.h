/*
 * slurmtime - times as Slurm's commands print them. base/duration.h has the grammars
 * and the form with hours always ("01:00:00"); these are squeue's and sinfo's own.
 */
#ifndef GANTRY_CLI_SLURMTIME_H
#define GANTRY_CLI_SLURMTIME_H

#include <stdint.h>

#define SLURMTIME_MAX 256

/* Time used or left: "0:05", "1:02:03", "2-00:00:00"; "UNLIMITED" for
 * DURATION_UNLIMITED, "INVALID" below zero. */
void slurmtime_elapsed(int64_t sec, char ret[SLURMTIME_MAX]);

/* How points in time are shown: SLURM_TIME_FORMAT. */
struct slurmtime_style {
    const char *format; /* NULL or "standard": 2026-11-24T19:06:11; "relative"; else
                         * strftime(3)'s */
    int64_t now_sec;    /* for "relative" */
};

/* A point in time, local. Seconds since the epoch. "relative" is the clock within the
 * day, "Ystday 10:30", "Tomorr 10:30", "Fri 10:30" within a week, "24 Nov 10:30"
 * within the year and "24 Nov 2026" else. A format that gives nothing, or more than
 * fits, is "Invalid time". */
void slurmtime_moment(const struct slurmtime_style *style, int64_t sec,
                      char ret[SLURMTIME_MAX]);

#endif
