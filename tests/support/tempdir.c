#include "tests/support/tempdir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define DESCRIPTORS 8

char *tempdir_new(void)
{
    char *dir = xstrdup("/tmp/gantry-test-XXXXXX");

    ck_assert(mkdtemp(dir) != NULL);
    return dir;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void tempdir_free(char *dir)
{
    nftw(dir, drop, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

char *tempdir_path(const char *dir, const char *name)
{
    return xasprintf("%s/%s", dir, name);
}
