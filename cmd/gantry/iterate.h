/*
 * iterate - commands that show the same again and again: -i.
 */
#ifndef GANTRY_CLI_ITERATE_H
#define GANTRY_CLI_ITERATE_H

#include "cmd/gantry/api.h"

/* Shows once, or (sec > 0) every `sec` seconds with an empty line between, until the
 * output cannot be written any more. Returns the last exit status of `show`. */
int iterate(struct api *c, int64_t sec, int (*show)(void *arg), void *arg);

/* "Thu Nov 26 00:08:53 2026", local. */
void iterate_stamp(const struct cli *cli, int64_t now_sec);

#endif
