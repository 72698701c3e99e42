/*
 * users - numbers of users and groups, as this machine knows them.
 *
 * A job's user is a name of the API server's; Slurm shows uid and gid beside it. A name
 * that the machine does not know has USERS_UNKNOWN, as Slurm prints it.
 */
#ifndef GANTRY_CLI_USERS_H
#define GANTRY_CLI_USERS_H

#include <stdint.h>

#define USERS_UNKNOWN INT64_C(4294967294)

struct user {
    char *name;
    int64_t uid, gid; /* USERS_UNKNOWN */
    char *group;      /* "(null)" when unknown */
};

struct users; /* remembers who was looked up */

struct users *users_new(void);
void users_free(struct users *u);
/* Lent until the next users_find. */
const struct user *users_find(struct users *u, const char *name);
/* The name that `text` means: itself, or the name of a uid if it is a number that the
 * machine knows. Heap. */
char *users_name(const char *text);

#endif
