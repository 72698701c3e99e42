/*
 * files - what programs keep on disk: private directories, files that appear whole,
 * one process at a time.
 *
 * Nothing here follows a symbolic link at the last part of a path it writes to. Errors
 * name the path and, where the reader can do something, what would be right.
 */
#ifndef GANTRY_BASE_FILES_H
#define GANTRY_BASE_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Makes the directory with what is missing on the way, mode 0700. One that is there is
 * left as it is. */
int files_make_dir(const char *path, struct err *err);

/* As files_make_dir, for secrets: refuses one that belongs to another user or in
 * which others may write (ERR_FORBIDDEN). */
int files_make_private_dir(const char *path, struct err *err);

/* All of it, over interruptions; -1 with errno set. */
int files_write_all(int fd, const char *bytes, size_t len);

/* Writes beside its place and renames into it: readers see the old file or the new one,
 * never a part. */
int files_write(const char *path, const char *bytes, size_t len, mode_t mode,
                struct err *err);

/* Removes it with all that is in it, as far as that may be removed: links are not
 * followed, nor what is mounted there entered. */
void files_remove_tree(const char *path);

/* Takes the lock that the file at `path` stands for, making the file. Returns a
 * descriptor (CLOEXEC) that holds it until it is closed, or -1; ERR_EXISTS: another
 * process holds it ("held by process 42"). */
int files_lock(const char *path, struct err *err);

#endif
