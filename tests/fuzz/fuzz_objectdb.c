/*
 * fuzz_objectdb - what a start finds in objects.db: an input that begins with "rows" is
 * lines of "resource TAB namespace/name TAB object", written as such; any other is the
 * file itself. Either becomes a store, or is refused in one line.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/objectdb.h"
#include "cmd/gantry-local/restore.h"
#include "tests/support/fuzzfile.h"

#define START_MS INT64_C(1800000000000)
#define ROWS "rows\n"
#define ROWS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void restore_all(struct objectdb *db)
{
    struct loop *loop = loop_new_virtual(START_MS);
    struct apiserver_config config = {.loop = loop};
    struct err err = ERR_INIT;

    rng_seed(&config.rng, 1);
    struct apiserver *server = apiserver_new(&config, &err);
    assert(server != NULL);
    if (restore(server, db, &err) < 0)
        assert(err.code != ERR_NONE && !strchr(err.msg, '\n'));
    apiserver_free(server);
    loop_free(loop);
}

/* Takes a row off the text; false: there is none. */
static bool take_row(char **text, struct objectdb_row *ret)
{
    char *line = strsep(text, "\n");
    char *key = line ? strchr(line, '\t') : NULL;
    char *bytes = key ? strchr(key + 1, '\t') : NULL;

    if (!bytes)
        return false;
    *key++ = '\0';
    *bytes++ = '\0';
    *ret = (struct objectdb_row){
        .resource = line, .key = key, .bytes = bytes, .len = strlen(bytes)};
    return true;
}

static void write_rows(char *text)
{
    struct objectdb *db = objectdb_open(fuzzfile_none(), NULL);
    struct objectdb_row rows[ROWS_MAX];
    size_t n = 0;

    assert(db != NULL);
    while (n < ROWS_MAX && text && take_row(&text, &rows[n])) {
        rows[n].version = (int64_t)n + 1;
        n++;
    }
    assert(objectdb_write(db, rows, n, (int64_t)n + 1, NULL) == 0);
    restore_all(db);
    objectdb_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    struct err err = ERR_INIT;

    if (str_starts(text, ROWS)) {
        write_rows(text + strlen(ROWS));
        return 0;
    }
    fuzzfile_none();
    struct objectdb *db = objectdb_open(fuzzfile_write(data, size), &err);
    if (db)
        restore_all(db);
    else
        assert(err.code != ERR_NONE && !strchr(err.msg, '\n'));
    objectdb_close(db);
    return 0;
}
