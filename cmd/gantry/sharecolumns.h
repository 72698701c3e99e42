/*
 * sharecolumns - the fields of sshare: of an account or a member one text each.
 *
 * Names, widths and formats are Slurm's (slurm-semantics: sshare); what there is no
 * figure for is empty. Usage stands in units as Slurm has them, minutes in minutes.
 */
#ifndef GANTRY_CLI_SHARECOLUMNS_H
#define GANTRY_CLI_SHARECOLUMNS_H

#include "cmd/gantry/listing.h"
#include "cmd/gantry/shares.h"

/* What the cells are given. */
struct share_line {
    const struct share_row *row;
    int indent; /* of the account: one more than one that is shown above it */
};

extern const struct listing_field share_fields[]; /* by name; one without ends them */

#endif
