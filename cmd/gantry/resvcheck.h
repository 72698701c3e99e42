/*
 * resvcheck - is there what a reservation names: nodes, partitions, accounts, licences,
 * and are there as many as it asks for? Slurm takes none else.
 */
#ifndef GANTRY_CLI_RESVCHECK_H
#define GANTRY_CLI_RESVCHECK_H

#include "cmd/gantry/api.h"
#include "scheduler/reservation.h"

/* ERR_INVALID: something is not there, in Slurm's words and which. What the caller may
 * not see is left to the controller, which says it in the reservation's status; so are
 * accounts while there is none at all. `ns` is the controller's. */
int resvcheck(const struct reservation *r, struct api *c, const char *ns,
              struct err *err);

#endif
