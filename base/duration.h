/*
 * duration - lengths of time and points in time, in Slurm's grammar and Kubernetes'.
 *
 * Slurm (sbatch(1) --time): "M", "M:S", "H:M:S", "D-H", "D-H:M", "D-H:M:S", and "-1",
 * "INFINITE", "UNLIMITED". Kubernetes (Go's time.ParseDuration): "90s", "4h", "1h30m",
 * "500ms" (rounded up to a second here). A bare number is minutes, as in Slurm.
 * Everything is whole seconds; DURATION_UNLIMITED is its own value, never a large
 * number.
 */
#ifndef GANTRY_BASE_DURATION_H
#define GANTRY_BASE_DURATION_H

#include <stdint.h>

#include "base/err.h"

#define DURATION_UNLIMITED INT64_MAX
/* The longest finite one, a thousand years: added to a point in time it cannot
 * overflow. */
#define DURATION_MAX (INT64_C(365000) * 86400)
/* "365000-00:00:00": what duration_format can need, with room. */
#define DURATION_TEXT_MAX 32
#define TIME_TEXT_MAX 32

/* ERR_INVALID names the text and shows forms that are right. Negative values (but -1),
 * overflow and trailing text are refused; minutes and seconds need not be below 60, as
 * in Slurm. */
int duration_parse(const char *text, int64_t *ret_sec, struct err *err);

/* Slurm's output form: "[D-]HH:MM:SS" or "UNLIMITED"; below zero as zero. */
void duration_format(int64_t sec, char ret[DURATION_TEXT_MAX]);

/* A point in time (sbatch(1) --begin): "HH:MM[:SS] [AM|PM]" (past: tomorrow),
 * "MMDD[YY]", "MM/DD[/YY][-HH:MM[:SS]]" (points for slashes too; without a year the
 * coming one), "YYYY-MM-DD[THH:MM[:SS]]", "now[+N[seconds|minutes|hours|days|weeks]]"
 * (any beginning of these words), "today", "tomorrow" (0:00 then), "midnight", "noon",
 * "elevenses", "fika", "teatime"; also RFC 3339 with a zone. Without a zone the time is
 * local (TZ). `now_sec` is what "now" means. A date without a time is its 0:00. */
int time_parse(const char *text, int64_t now_sec, int64_t *ret_sec, struct err *err);

/* RFC 3339 in UTC: "2026-11-24T19:06:11Z"; held within the years 1 to 9999. */
void time_format_rfc3339(int64_t sec, char ret[TIME_TEXT_MAX]);
/* Kubernetes MicroTime: exactly six fractional digits. */
void time_format_micro(int64_t ms, char ret[TIME_TEXT_MAX]);
/* RFC 3339, fraction allowed and cut. */
int time_parse_rfc3339(const char *text, int64_t *ret_sec, struct err *err);

#endif
