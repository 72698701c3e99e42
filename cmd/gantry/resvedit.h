/*
 * resvedit - what `scontrol update` makes of what a Reservation has already: more or
 * less time or nodes, the next time left out, its distance kept.
 */
#ifndef GANTRY_CLI_RESVEDIT_H
#define GANTRY_CLI_RESVEDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/zone.h"
#include "cmd/gantry/changes.h"

/* Has it the flag TIME_FLOAT? */
bool resvedit_floats(const struct json *spec);
/* One that floats begins as far ahead as is said now, or as it is now if it has come to
 * float; the server counts from when it was made. ERR_INVALID: it is to do so no more.
 */
int resvedit_keep_distance(const struct changes *changes, bool floated, int64_t now_sec,
                           struct json *spec, struct err *err);
/* Of one that is made there is nothing to take more or less of, nor a flag to take:
 * ERR_INVALID. */
int resvedit_refuse_more(const struct changes *changes, struct err *err);
/* An end and a length that are both said, of which one is enough: the end goes.
 * ERR_INVALID: they differ. `made_sec`: what "now" in the spec means. */
int resvedit_agree(const struct changes *changes, int64_t made_sec, struct json *spec,
                   struct err *err);
/* "Duration+=30", "Duration-=30": the end, or the length, moves. An end and a length
 * together: the one that is said is left. */
int resvedit_length(const struct changes *changes, const struct json *object,
                    struct json *spec, struct err *err);
/* "Nodes+=n3", "Nodes-=n3": of those that it names, or that were chosen for it; it has
 * just these from then on, or of these what it holds. "Nodes=n3" is instead of a number
 * of nodes, and "NodeCnt=3" instead of names. */
int resvedit_nodes(const struct changes *changes, const struct json *object,
                   struct json *spec, struct err *err);
/* The occurrence of now, or the next one, is left out. ERR_INVALID: none comes then. */
int resvedit_skip(const struct json *object, const struct zone *zone, int64_t now_sec,
                  struct json *spec, struct err *err);

#endif
