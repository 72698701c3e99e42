/*
 * setup - what makes a new API server a Gantry cluster.
 *
 * Safe to repeat: kinds and policies become what this program was built with,
 * partition, QOS and account are made where there is none of their kind. What people
 * changed there stays.
 */
#ifndef GANTRY_LOCAL_SETUP_H
#define GANTRY_LOCAL_SETUP_H

#include "cmd/gantry-local/ask.h"

int setup_definitions(struct ask *a, struct err *err);
/* Partition `batch`, the default one; QOS `normal`; Account `root`, of which `user` is
 * a member. */
int setup_queue(struct ask *a, const char *user, struct err *err);

#endif
