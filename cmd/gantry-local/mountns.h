/*
 * mountns - a process's own view of the file system: volumes at their paths, and its
 * own host name. Nothing of it is seen, or left behind, outside.
 *
 * By root in a mount namespace; by an ordinary user in a user namespace of its own
 * besides, in which it keeps its number. Where the kernel refuses both, there is no
 * view.
 *
 * A path that the machine has not must not be made there. So its nearest directory that
 * exists is shown by a copy (a tmpfs) in which each entry is the machine's own, bound
 * there, and the missing ones are made in that copy:
 *
 *   /mnt/data (missing)    /mnt is a tmpfs: backup -> the machine's /mnt/backup
 *                                           data   -> the volume
 *
 * New entries directly in such a copy would be lost with the view, so they are refused
 * (read-only), but for /dev and directories like /tmp (sticky), where they are the
 * process's own. What lies deeper is the machine's as ever.
 */
#ifndef GANTRY_LOCAL_MOUNTNS_H
#define GANTRY_LOCAL_MOUNTNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum mountns_kind { MOUNTNS_ROOT, MOUNTNS_USER, MOUNTNS_REFUSED };

struct mountns_mount {
    const char *source; /* a file or directory; NULL: an empty tmpfs */
    const char *target; /* absolute, no ".." */
    int64_t size_bytes; /* of the tmpfs; -1: no limit */
    bool read_only;
    bool recursive; /* read-only, with what is mounted below */
};

struct mountns {
    enum mountns_kind kind;             /* not REFUSED */
    const struct mountns_mount *mounts; /* an outer path before those in it */
    size_t n_mounts;
    const char *stage;    /* an empty directory that anybody may share */
    bool read_only_root;  /* all but the mounts, /dev and /proc */
    const char *hostname; /* NULL: the machine's */
};

/* What the kernel allows here, found by trying it in a child; REFUSED: err says why.
 * `stage` as above. */
enum mountns_kind mountns_probe(const char *stage, struct err *err);

/* Puts the calling process, which has one thread, into the view. On failure it is good
 * for nothing but to end. */
int mountns_enter(const struct mountns *m, struct err *err);

/* A descriptor (CLOEXEC) of the namespace that a process is in; -1: it has ended, or is
 * not to be looked at. While it is open no other namespace can be taken for this one.
 */
int mountns_open(pid_t pid);
/* Kills all processes in it, also those that left their process group. Not for -1, nor
 * for the caller's own: then nothing happens. */
void mountns_kill(int fd);

#endif
