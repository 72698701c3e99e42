/*
 * mountns_path - places to mount at: makes paths appear in a mount namespace that the
 * machine has not (mountns.h says how). For mountns.c alone; the process is in its own
 * namespace.
 */
#ifndef GANTRY_LOCAL_MOUNTNS_PATH_H
#define GANTRY_LOCAL_MOUNTNS_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define MOUNTNS_PATH_MAX 4096
/* Directories of one view that are shown by copies. */
#define MOUNTNS_COPIES_MAX 64

struct mountns_copy {
    char *path;
    dev_t dev; /* the tmpfs's */
    bool open; /* new entries are allowed in it: it is one like /tmp */
};

struct mountns_copies {
    const char *stage; /* lent: an empty directory */
    struct mountns_copy items[MOUNTNS_COPIES_MAX];
    size_t n;
};

/* Lets a missing `path` appear (a directory, or an empty file), its nearest directory
 * shown by a copy. One that is there must be of the right type. */
int mountns_show(struct mountns_copies *copies, const char *path, bool is_dir,
                 struct err *err);
/* Nothing more will be shown: copies become read-only but for the open ones. */
int mountns_close_copies(struct mountns_copies *copies, struct err *err);

/* The same in what is mounted already, by ordinary means. */
int mountns_make(const char *path, bool is_dir, struct err *err);

#endif
