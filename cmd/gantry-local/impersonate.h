/*
 * impersonate - whom a request is made as: kubectl's --as, --as-group, --as-uid.
 *
 * Whoever has the token may act as anybody, as a member of system:masters may
 * elsewhere. Who is acted as is in the groups that are named and in
 * system:authenticated; a service account without any is in those of all of them and of
 * its namespace.
 */
#ifndef GANTRY_LOCAL_IMPERSONATE_H
#define GANTRY_LOCAL_IMPERSONATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define IMPERSONATE_GROUPS_MAX 100

/* A header's name and value are lent; they end with a NULL name. */
struct impersonate_header {
    const char *name, *value;
};

struct impersonation {
    const char *user; /* lent; NULL: the request is its sender's own */
    const char *uid;  /* lent; "" */
    char **groups;    /* up to a NULL */
    size_t n_groups;
    bool is_admin; /* system:masters is one of them */
};

/* Zeroed by the caller. Returns -1 and err: something of a user who is not named, or
 * too many groups; then, too, it must be finished. */
int impersonate_read(struct impersonation *ret,
                     const struct impersonate_header *headers, struct err *err);
void impersonate_fini(struct impersonation *as);

#endif
