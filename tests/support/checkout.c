#include "tests/support/checkout.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

#define MARK "tests/support/checkout.h"

/* "/a/b" becomes "/a", and that "". */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash != NULL)
        *slash = '\0';
    return slash != NULL;
}

/* The next folder up that is the top of a checkout. */
static bool enter_above(const char *from)
{
    AUTO_FREE char *path = xstrdup(from);

    do {
        AUTO_FREE char *mark = xasprintf("%s/%s", path, MARK);

        if (access(mark, F_OK) == 0)
            return chdir(*path ? path : "/") == 0;
    } while (go_up(path));
    return false;
}

/* Tests are BUILD/san/tests/FOLDER/test_*, and programs BUILD/san/bin/. */
static void find_programs(const char *folder)
{
    const char *said = getenv("BIN");
    AUTO_FREE char *beside = xasprintf("%s/../../bin", folder);
    AUTO_FREE char *bin = realpath(said != NULL ? said : beside, NULL);

    if (bin != NULL)
        setenv("BIN", bin, 1);
}

void checkout_enter(void)
{
    char self[PATH_MAX] = "";
    AUTO_FREE char *here = getcwd(NULL, 0);

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return;
    go_up(self);
    find_programs(self);
    if (!enter_above(self) && here != NULL)
        enter_above(here);
}
