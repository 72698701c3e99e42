/*
 * settingsfile - gantry.yaml on the disk, read again when it changes.
 *
 * Its directory is watched, and that of what it points at: an editor renames a new file
 * over the old one, and a ConfigMap's volume swaps the symlink "..data" beside it. A
 * change is read a moment after the first of a burst, and again if more comes. Bytes
 * that were read before are nothing new. A file that cannot be read or is wrong is
 * refused whole in one line of the log, and the settings stay; keys that hold from the
 * start only are named there.
 *
 * Real loop only (a descriptor). Where the kernel has no watches left the log says so,
 * and settingsfile_reload (SIGHUP) remains.
 */
#ifndef GANTRY_CONTROLLER_SETTINGSFILE_H
#define GANTRY_CONTROLLER_SETTINGSFILE_H

#include "base/log.h"
#include "base/loop.h"
#include "crds/settings.h"

struct settingsfile;

/* Some of the settings have changed. */
typedef void settingsfile_fn(void *arg);

/* Reads the file into `settings`, which is the caller's and is kept up to date until
 * settingsfile_free. NULL and err: it cannot be read or is wrong. */
struct settingsfile *settingsfile_new(struct loop *loop, struct log *log,
                                      const char *path, struct settings *settings,
                                      settingsfile_fn *changed, void *arg,
                                      struct err *err);
/* Reads it now, and says so in any case. */
void settingsfile_reload(struct settingsfile *f);
void settingsfile_free(struct settingsfile *f); /* NULL is fine */

#endif
