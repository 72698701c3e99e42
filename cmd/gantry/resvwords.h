/*
 * resvwords - the words that `scontrol create reservation` and `update` take, as fields
 * of a Reservation's spec.
 */
#ifndef GANTRY_CLI_RESVWORDS_H
#define GANTRY_CLI_RESVWORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "cmd/gantry/changes.h"

/* Do they say which reservation? Then keys that are cut short are made whole, as far as
 * only one begins so. */
bool resvwords_complete(struct changes *changes);
/* Over what is in the spec; Duration and Nodes with += or -= are resvedit.h's.
 * `now_sec` is what "now" means. ERR_INVALID names the word: there is none such, its
 * value is wrong, or why it is refused. */
int resvwords_read(const struct changes *changes, int64_t now_sec, struct json *spec,
                   struct err *err);

#endif
