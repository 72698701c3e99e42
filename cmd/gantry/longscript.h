/*
 * longscript - a script that is too long for a BatchJob, in a ConfigMap.
 *
 * It is named by its content, immutable, and shared by all jobs of the namespace that
 * run it: they own it, so that it goes with the last of them.
 */
#ifndef GANTRY_CLI_LONGSCRIPT_H
#define GANTRY_CLI_LONGSCRIPT_H

#include "cmd/gantry/api.h"

/* What stands in spec.script at most. */
#define SCRIPT_SHORT_MAX 4096
#define LONGSCRIPT_KEY "script"
/* "gantry-script-0123456789abcdef" */
#define LONGSCRIPT_NAME_MAX 32

void longscript_name(const struct str *text, char ret[LONGSCRIPT_NAME_MAX]);
/* Makes it, unless it is there. */
int longscript_put(struct api *c, const struct str *text, struct err *err);
/* The job owns it from now on; it is made anew if it went meanwhile. */
int longscript_own(struct api *c, const struct str *text, const struct json *job,
                   struct err *err);

#endif
