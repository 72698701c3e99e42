/*
 * resvlists - the lists of a Reservation as `scontrol create` and `update` say them:
 * whom it is for, and its flags.
 *
 * "Users=a,b" is the whole list, "Users+=a" lets one more in, "Users-=a" one less. A
 * name with "-" in front is of somebody who may not; a list of nothing but such names
 * lets in whoever is not on it, and so += takes the denial back and -= makes one.
 */
#ifndef GANTRY_CLI_RESVLISTS_H
#define GANTRY_CLI_RESVLISTS_H

#include "base/err.h"
#include "base/json.h"
#include "cmd/gantry/changes.h"

void resvlists_put_names(const struct change *c, const char *field, struct json *spec);
/* Likewise; "Flags=-DAILY" is "Flags-=DAILY", and PURGE_COMP, "PURGE_COMP=10" are
 * among them. ERR_INVALID names what is no flag. */
int resvlists_put_flags(const struct change *c, struct json *spec, struct err *err);

#endif
