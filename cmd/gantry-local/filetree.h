/*
 * filetree - a few files that change in a directory all at once, as a kubelet has it.
 *
 *   DIR/..v_Xa3k9Z/a, sub/b    the files, in a directory that is written once
 *   DIR/..data -> ..v_Xa3k9Z   renamed into place: the moment of the change
 *   DIR/a   -> ..data/a        what readers open; stays while there is such a file
 *   DIR/sub -> ..data/sub
 *
 * Who has one of the files open, or bound elsewhere, keeps it as it was. Paths are
 * relative, have no ".." and do not begin with "..". Readers see the old files or the
 * new ones, but for names that come or go, which do so just after the rest.
 */
#ifndef GANTRY_LOCAL_FILETREE_H
#define GANTRY_LOCAL_FILETREE_H

#include <stddef.h>

#include "base/err.h"

struct filetree_file {
    char *path;
    char *bytes; /* a NUL stands behind them */
    size_t len;
    int mode; /* to the bit */
};

/* Zeroed: empty. All memory is the struct's own. */
struct filetree {
    struct filetree_file *files;
    size_t n, cap;
};

void filetree_fini(struct filetree *t);
/* Copies; one of the same path is replaced. */
void filetree_add(struct filetree *t, const char *path, const char *bytes, size_t len,
                  int mode);

/* Makes the directory's content these files, and the directory where it is missing;
 * changes nothing when they are there as they should be. -1 and err: the content is
 * what it was; it may be tried again. */
int filetree_write(const struct filetree *t, const char *dir, struct err *err);

#endif
