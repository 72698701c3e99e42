/*
 * objectdb - objects on disk: one SQLite file, written in batches, read once at start.
 *
 * A batch is in the file or it is not. SQLite's write-ahead log is written but not
 * synced on every batch: what was written survives any end of this process, kill -9
 * included; a power failure may take the last seconds, but never leaves half a batch or
 * a file that cannot be read. (Syncing would cost milliseconds on each of the writes
 * that clients wait for. Everybody who has seen a lost write is on this machine and
 * goes down with it.)
 *
 * The file is made whole under another name, so one that is there without being a
 * database is damaged, never new. Each row carries a checksum. What is damaged is
 * reported and left as it is.
 *
 * The only header that knows SQLite.
 */
#ifndef GANTRY_LOCAL_OBJECTDB_H
#define GANTRY_LOCAL_OBJECTDB_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct objectdb;

/* Opens the file, making it (mode 0600) where there is none. The caller sees to it that
 * no other process has it. ERR_INVALID: damaged, or of a newer form. */
struct objectdb *objectdb_open(const char *path, struct err *err);
/* What was written is in the one file then. NULL is fine. */
void objectdb_close(struct objectdb *db);

/* Of the last batch; 0: nothing was ever written. */
int64_t objectdb_version(const struct objectdb *db);

/* A row, lent. */
struct objectdb_row {
    const char *resource; /* "batchjobs.gantry.dev" */
    const char *key;      /* "namespace/name" */
    int64_t version;
    const char *bytes; /* NULL: the row goes */
    size_t len;
};

/* Calls fn for each row of `resource` (NULL: of all) until it returns -1, which is
 * returned with what it has set in err. ERR_INVALID: damaged. */
typedef int objectdb_row_fn(void *arg, const struct objectdb_row *row, struct err *err);
int objectdb_each(struct objectdb *db, const char *resource, objectdb_row_fn *fn,
                  void *arg, struct err *err);

/* Puts or removes the rows, in order, all or none. */
int objectdb_write(struct objectdb *db, const struct objectdb_row *rows, size_t n,
                   int64_t version, struct err *err);

#endif
