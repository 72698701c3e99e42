#include "cmd/gantry-local/objectdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/util.h"

/* "gtry" in the file's header. */
#define APPLICATION_ID 0x67747279
#define FORMAT 1
/* Of pages, in KiB: batches are small, and after the start nothing is read. */
#define CACHE_KIB 256
/* Pages in the log before they are moved into the file: that syncs, so it is to be
 * rare; and the log's index takes 8 bytes of memory for each. */
#define CHECKPOINT_PAGES 4000

enum statement { ST_BEGIN, ST_COMMIT, ST_PUT, ST_REMOVE, ST_VERSION, STATEMENTS };

static const char put_text[] =
    "INSERT INTO object (resource, key, version, sum, bytes)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (resource, key)"
    " DO UPDATE SET version = ?3, sum = ?4, bytes = ?5";

static const char *const texts[STATEMENTS] = {
    [ST_BEGIN] = "BEGIN IMMEDIATE",
    [ST_COMMIT] = "COMMIT",
    [ST_PUT] = put_text,
    [ST_REMOVE] = "DELETE FROM object WHERE resource = ?1 AND key = ?2",
    [ST_VERSION] = "UPDATE state SET version = ?1",
};

struct objectdb {
    char *path;
    sqlite3 *sqlite;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t version;
};

/* ---- errors ---- */

static int fail(const struct objectdb *db, struct err *err)
{
    const char *why = sqlite3_errmsg(db->sqlite);

    switch (sqlite3_errcode(db->sqlite)) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(err, ERR_INVALID, "%.300s is damaged: %s", db->path, why);
    case SQLITE_IOERR:
        return err_errno(err, sqlite3_system_errno(db->sqlite), "%.300s: %s", db->path,
                         why);
    default:
        return err_set(err, ERR_IO, "%.300s: %s", db->path, why);
    }
}

static int exec(struct objectdb *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
                                                                        : fail(db, err);
}

/* The number that a query gives. */
static int query_int(struct objectdb *db, const char *sql, int64_t *ret,
                     struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &st, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(st, 0);
    else if (rc == SQLITE_DONE)
        err_set(err, ERR_INVALID, "%.300s is damaged: a row is missing", db->path);
    else
        fail(db, err);
    sqlite3_finalize(st);
    return rc == SQLITE_ROW ? 0 : -1;
}

/* ---- making the file ---- */

static int open_sqlite(struct objectdb *db, const char *path, struct err *err)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;

    if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) == SQLITE_OK)
        return 0;
    return fail(db, err);
}

static void close_sqlite(struct objectdb *db)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(TAKE(db->statements[i]));
    sqlite3_close(TAKE(db->sqlite));
}

static int fill_new(struct objectdb *db, const char *path, struct err *err)
{
    AUTO_FREE char *sql = xasprintf(
        "PRAGMA application_id = %d; PRAGMA user_version = %d;"
        "BEGIN;"
        "CREATE TABLE state (version INTEGER NOT NULL);"
        "INSERT INTO state VALUES (0);"
        "CREATE TABLE object (resource TEXT NOT NULL, key TEXT NOT NULL,"
        " version INTEGER NOT NULL, sum INTEGER NOT NULL, bytes BLOB NOT NULL,"
        " PRIMARY KEY (resource, key));"
        "COMMIT;",
        APPLICATION_ID, FORMAT);
    const int rc = open_sqlite(db, path, err) == 0 && exec(db, sql, err) == 0 ? 0 : -1;

    close_sqlite(db);
    return rc;
}

static void remove_beside(const char *path, const char *suffix)
{
    AUTO_FREE char *name = xasprintf("%s%s", path, suffix);

    unlink(name);
}

/* SQLite gives its other files the mode of this one. */
static int make_file(struct objectdb *db, struct err *err)
{
    AUTO_FREE char *fresh = xasprintf("%s.new", db->path);

    unlink(fresh);
    remove_beside(fresh, "-journal");
    const int fd =
        open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, errno, "make %.300s", fresh);
    close(fd);
    if (fill_new(db, fresh, err) != 0)
        return -1;
    return rename(fresh, db->path) == 0
               ? 0
               : err_errno(err, errno, "make %.300s", db->path);
}

/* A file that is not there is made, unless its log says that it was. */
static int find_file(struct objectdb *db, struct err *err)
{
    AUTO_FREE char *log = xasprintf("%s-wal", db->path);
    struct stat st;

    if (stat(db->path, &st) == 0)
        return st.st_size > 0 ? 0
                              : err_set(err, ERR_INVALID,
                                        "%.300s is damaged: it is empty", db->path);
    if (errno != ENOENT)
        return err_errno(err, errno, "%.300s", db->path);
    if (lstat(log, &st) == 0)
        return err_set(err, ERR_INVALID, "%.300s is missing beside its log, %s-wal",
                       db->path,
                       strrchr(db->path, '/') ? strrchr(db->path, '/') + 1 : db->path);
    return make_file(db, err);
}

/* ---- opening it ---- */

static int check_form(struct objectdb *db, struct err *err)
{
    int64_t id = 0, format = 0;

    if (query_int(db, "PRAGMA application_id", &id, err) != 0 ||
        query_int(db, "PRAGMA user_version", &format, err) != 0)
        return -1;
    if (id != APPLICATION_ID)
        return err_set(err, ERR_INVALID,
                       "%.300s is damaged: a database, but not gantry-local's",
                       db->path);
    if (format != FORMAT)
        return err_set(err, ERR_INVALID,
                       "%.300s is of form %lld, and this gantry-local reads form %d",
                       db->path, (long long)format, FORMAT);
    return 0;
}

/* Pages and index are as they belong; what the rows say is objectdb_each's to check. */
static int check_pages(struct objectdb *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, "PRAGMA integrity_check(1)", -1, &st, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    const char *word =
        rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
    const bool good = word && strcmp(word, "ok") == 0;
    if (!good && word)
        err_set(err, ERR_INVALID, "%.300s is damaged: %.100s", db->path, word);
    else if (!good)
        fail(db, err);
    err_flatten(err);
    sqlite3_finalize(st);
    return good ? 0 : -1;
}

static int prepare(struct objectdb *db, struct err *err)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(db->sqlite, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &db->statements[i], NULL) != SQLITE_OK)
            return fail(db, err);
    return 0;
}

/* The lock of the directory keeps other servers away; exclusive mode spares the locks
 * and the shared index of the log that several processes would need. */
static int set_up(struct objectdb *db, struct err *err)
{
    AUTO_FREE char *sql = xasprintf("PRAGMA locking_mode = EXCLUSIVE;"
                                    "PRAGMA journal_mode = WAL;"
                                    "PRAGMA synchronous = NORMAL;"
                                    "PRAGMA cell_size_check = ON;"
                                    "PRAGMA trusted_schema = OFF;"
                                    "PRAGMA temp_store = MEMORY;"
                                    "PRAGMA cache_size = -%d;"
                                    "PRAGMA wal_autocheckpoint = %d;",
                                    CACHE_KIB, CHECKPOINT_PAGES);

    if (exec(db, sql, err) != 0 || check_form(db, err) != 0 ||
        check_pages(db, err) != 0)
        return -1;
    return query_int(db, "SELECT version FROM state", &db->version, err) == 0
               ? prepare(db, err)
               : -1;
}

struct objectdb *objectdb_open(const char *path, struct err *err)
{
    struct objectdb *db = xcalloc(1, sizeof(*db));

    db->path = xstrdup(path);
    if (find_file(db, err) == 0 && open_sqlite(db, path, err) == 0 &&
        set_up(db, err) == 0)
        return db;
    objectdb_close(db);
    return NULL;
}

void objectdb_close(struct objectdb *db)
{
    if (!db)
        return;
    close_sqlite(db);
    free(db->path);
    free(db);
}

int64_t objectdb_version(const struct objectdb *db)
{
    return db->version;
}

/* ---- rows ---- */

static uint64_t fnv(uint64_t h, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

/* Of all that a row says. */
static int64_t checksum(const struct objectdb_row *r)
{
    uint64_t h = UINT64_C(14695981039346656037);

    h = fnv(h, r->resource, strlen(r->resource) + 1);
    h = fnv(h, r->key, strlen(r->key) + 1);
    h = fnv(h, &r->version, sizeof(r->version));
    h = fnv(h, r->bytes, r->len);
    return (int64_t)(h & INT64_MAX);
}

static const char *column_text(sqlite3_stmt *st, int i)
{
    const char *text = (const char *)sqlite3_column_text(st, i);

    return text ? text : "";
}

static int give_row(struct objectdb *db, sqlite3_stmt *st, objectdb_row_fn *fn,
                    void *arg, struct err *err)
{
    struct objectdb_row row = {.resource = column_text(st, 0),
                               .key = column_text(st, 1),
                               .version = sqlite3_column_int64(st, 2)};

    row.bytes = sqlite3_column_blob(st, 4);
    row.len = (size_t)sqlite3_column_bytes(st, 4);
    if (row.bytes && checksum(&row) == sqlite3_column_int64(st, 3))
        return fn(arg, &row, err);
    return err_set(err, ERR_INVALID,
                   "%.300s is damaged: %.100s %.100s is not as it was written",
                   db->path, row.resource, row.key);
}

int objectdb_each(struct objectdb *db, const char *resource, objectdb_row_fn *fn,
                  void *arg, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite,
                                "SELECT resource, key, version, sum, bytes FROM object"
                                " WHERE resource = ?1 OR ?1 IS NULL",
                                -1, &st, NULL);

    if (rc == SQLITE_OK && resource)
        rc = sqlite3_bind_text(st, 1, resource, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(st);
        if (rc == SQLITE_ROW && give_row(db, st, fn, arg, err) != 0)
            break;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        fail(db, err);
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? 0 : -1;
}

/* ---- batches ---- */

static int run(struct objectdb *db, enum statement which)
{
    sqlite3_stmt *st = db->statements[which];

    sqlite3_step(st);
    return sqlite3_reset(st);
}

static int write_row(struct objectdb *db, const struct objectdb_row *r)
{
    const enum statement which = r->bytes ? ST_PUT : ST_REMOVE;
    sqlite3_stmt *st = db->statements[which];

    sqlite3_bind_text(st, 1, r->resource, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, r->key, -1, SQLITE_STATIC);
    if (r->bytes) {
        sqlite3_bind_int64(st, 3, r->version);
        sqlite3_bind_int64(st, 4, checksum(r));
        sqlite3_bind_blob64(st, 5, r->bytes, r->len, SQLITE_STATIC);
    }
    const int rc = run(db, which);
    sqlite3_clear_bindings(st);
    return rc;
}

static int write_all(struct objectdb *db, const struct objectdb_row *rows, size_t n,
                     int64_t version)
{
    int rc = run(db, ST_BEGIN);

    for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
        rc = write_row(db, &rows[i]);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(db->statements[ST_VERSION], 1, version);
    if (rc == SQLITE_OK)
        rc = run(db, ST_VERSION);
    return rc == SQLITE_OK ? run(db, ST_COMMIT) : rc;
}

int objectdb_write(struct objectdb *db, const struct objectdb_row *rows, size_t n,
                   int64_t version, struct err *err)
{
    if (write_all(db, rows, n, version) == SQLITE_OK) {
        db->version = version;
        return 0;
    }
    fail(db, err);
    if (!sqlite3_get_autocommit(db->sqlite))
        sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}
