#include "tests/support/fuzzfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

static char dir[32];
static char path[sizeof(dir) + 8];

static void remove_dir(void)
{
    fuzzfile_none();
    rmdir(dir);
}

static void make_dir(void)
{
    static const char *const parents[] = {"/dev/shm", "/tmp"};

    if (path[0])
        return;
    for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
        snprintf(dir, sizeof(dir), "%s/gantry-XXXXXX", parents[i]);
        if (mkdtemp(dir))
            break;
        if (i + 1 == ARRAY_LEN(parents))
            abort();
    }
    snprintf(path, sizeof(path), "%s/input", dir);
    atexit(remove_dir);
}

const char *fuzzfile_none(void)
{
    /* SQLite's, beside the file itself. */
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".new"};

    make_dir();
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        AUTO_FREE char *file = xasprintf("%s%s", path, ends[i]);
        unlink(file);
    }
    return path;
}

const char *fuzzfile_write(const uint8_t *data, size_t size)
{
    make_dir();
    FILE *f = fopen(path, "w");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
    return path;
}
