/* A file of objects: what was written is there however the writer ended, and damage is
 * said, never taken for an empty file. */
#include "cmd/gantry-local/objectdb.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define TEXT_MAX (4u << 20)

/* ---- rows as text: "pods a/x@7=bytes" ---- */

static struct objectdb_row row(const char *resource, const char *key, int64_t version,
                               const char *bytes)
{
    return (struct objectdb_row){.resource = resource,
                                 .key = key,
                                 .version = version,
                                 .bytes = bytes,
                                 .len = bytes ? strlen(bytes) : 0};
}

static struct objectdb *must_open(const char *path)
{
    struct err err = ERR_INIT;
    struct objectdb *db = objectdb_open(path, &err);

    ck_assert_msg(db != NULL, "%s", err.msg);
    return db;
}

static void must_write(struct objectdb *db, struct objectdb_row r, int64_t version)
{
    struct err err = ERR_INIT;

    ck_assert_msg(objectdb_write(db, &r, 1, version, &err) == 0, "%s", err.msg);
}

static int add_row(void *arg, const struct objectdb_row *r, struct err *err)
{
    struct str *out = arg;

    (void)err;
    str_addf(out, "%s%s %s@%lld=%.*s", out->len > 0 ? "|" : "", r->resource, r->key,
             (long long)r->version, (int)r->len, r->bytes);
    return 0;
}

static void expect_rows(struct objectdb *db, const char *resource, const char *want)
{
    STR_AUTO struct str got;
    struct err err = ERR_INIT;

    str_init(&got, TEXT_MAX);
    ck_assert_msg(objectdb_each(db, resource, add_row, &got, &err) == 0, "%s", err.msg);
    ck_assert_str_eq(got.s, want);
}

START_TEST(test_write)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    struct objectdb *db = must_open(path);
    struct objectdb_row batch[] = {
        row("pods", "a/x", 11, "one"),   row("nodes", "/n1", 12, "two"),
        row("pods", "a/x", 13, "three"), row("pods", "a/y", 14, "four"),
        row("pods", "a/y", 14, NULL),
    };
    struct stat st;

    ck_assert_int_eq(objectdb_version(db), 0);
    expect_rows(db, NULL, "");
    ck_assert_int_eq(objectdb_write(db, batch, ARRAY_LEN(batch), 15, NULL), 0);
    ck_assert_int_eq(objectdb_version(db), 15);
    objectdb_close(db);
    db = must_open(path);
    ck_assert_int_eq(objectdb_version(db), 15);
    expect_rows(db, NULL, "pods a/x@13=three|nodes /n1@12=two");
    expect_rows(db, "nodes", "nodes /n1@12=two");
    objectdb_close(db);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    tempdir_free(dir);
}
END_TEST

/* The writer is killed between two batches. */
START_TEST(test_killed)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    const pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct objectdb *db = must_open(path);
        must_write(db, row("pods", "a/x", 1, "one"), 1);
        must_write(db, row("pods", "a/y", 2, "two"), 2);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    struct objectdb *db = must_open(path);
    expect_rows(db, NULL, "pods a/x@1=one|pods a/y@2=two");
    ck_assert_int_eq(objectdb_version(db), 2);
    objectdb_close(db);
    tempdir_free(dir);
}
END_TEST

/* A batch that does not fit onto the disk leaves nothing of itself, and fits later. */
START_TEST(test_disk_full)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    struct objectdb *db = must_open(path);
    AUTO_FREE char *large = xmalloc(TEXT_MAX / 4 + 1);
    struct rlimit was, few = {65536, RLIM_INFINITY};
    struct err err = ERR_INIT;

    memset(large, 'x', TEXT_MAX / 4);
    large[TEXT_MAX / 4] = '\0';
    struct objectdb_row batch[] = {row("pods", "a/x", 2, "two"),
                                   row("pods", "a/y", 3, large)};
    must_write(db, row("pods", "a/x", 1, "one"), 1);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    few.rlim_max = was.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);
    ck_assert_int_eq(objectdb_write(db, batch, 2, 3, &err), -1);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_msg(strstr(err.msg, path) != NULL, "%s", err.msg);
    expect_rows(db, NULL, "pods a/x@1=one");
    ck_assert_int_eq(objectdb_version(db), 1);
    ck_assert_int_eq(objectdb_write(db, batch, 2, 3, NULL), 0);
    ck_assert_int_eq(objectdb_version(db), 3);
    objectdb_close(db);
    tempdir_free(dir);
}
END_TEST

static int stop_at_y(void *arg, const struct objectdb_row *r, struct err *err)
{
    ++*(int *)arg;
    return strcmp(r->key, "a/y") == 0 ? err_set(err, ERR_CONFLICT, "stop") : 0;
}

START_TEST(test_each_stops)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    struct objectdb *db = must_open(path);
    struct err err = ERR_INIT;
    int rows = 0;

    must_write(db, row("pods", "a/x", 1, "one"), 1);
    must_write(db, row("pods", "a/y", 2, "two"), 2);
    must_write(db, row("pods", "a/z", 3, "three"), 3);
    ck_assert_int_eq(objectdb_each(db, NULL, stop_at_y, &rows, &err), -1);
    ck_assert_int_eq(rows, 2);
    ck_assert_int_eq(err.code, ERR_CONFLICT);
    objectdb_close(db);
    tempdir_free(dir);
}
END_TEST

/* ---- damage ---- */

static void write_file(const char *path, const char *bytes, size_t len)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static void read_file(const char *path, struct str *out)
{
    struct err err = ERR_INIT;

    str_init(out, TEXT_MAX);
    ck_assert_msg(str_read_file(out, path, &err) == 0, "%s", err.msg);
}

/* A file with enough rows for some pages; what they are, as text. */
static void fill(const char *path, struct str *ret_rows)
{
    struct objectdb *db = must_open(path);
    char bytes[601];

    for (int i = 0; i < 40; i++) {
        AUTO_FREE char *key = xasprintf("a/p%d", i);
        memset(bytes, 'a' + i % 26, sizeof(bytes) - 1);
        bytes[sizeof(bytes) - 1] = '\0';
        must_write(db, row("pods", key, i + 1, bytes), i + 1);
    }
    str_init(ret_rows, TEXT_MAX);
    ck_assert_int_eq(objectdb_each(db, NULL, add_row, ret_rows, NULL), 0);
    objectdb_close(db);
}

static const struct {
    const char *name;
    const char *bytes; /* the whole file; NULL: a good one, cut */
    size_t len;
    const char *want;
} damages[] = {
    {"empty", "", 0, "it is empty"},
    {"text", "hello, world, this is no database at all, it is only text", 57,
     "not a database"},
    {"half a header", NULL, 50, "is damaged"},
    {"one page", NULL, 4096, "is damaged"},
    {"without its last page", NULL, SIZE_MAX, "is damaged"},
};

START_TEST(test_damaged)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    STR_AUTO struct str rows, good, after;
    struct err err = ERR_INIT;

    fill(path, &rows);
    read_file(path, &good);
    const char *bytes = damages[_i].bytes ? damages[_i].bytes : good.s;
    const size_t len = MIN(damages[_i].len, good.len - 4096);
    write_file(path, bytes, len);
    ck_assert_msg(objectdb_open(path, &err) == NULL, "%s", damages[_i].name);
    ck_assert_msg(err.code == ERR_INVALID && strstr(err.msg, damages[_i].want),
                  "%s: %s", damages[_i].name, err.msg);
    ck_assert_ptr_null(strchr(err.msg, '\n'));
    read_file(path, &after); /* it is left as it is */
    ck_assert_uint_eq(after.len, len);
    ck_assert_int_eq(memcmp(after.s, bytes, len), 0);
    tempdir_free(dir);
}
END_TEST

/* Whatever byte is wrong: an error, or exactly the rows that were written. */
START_TEST(test_wrong_byte)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    STR_AUTO struct str rows, good;
    size_t found = 0;

    fill(path, &rows);
    read_file(path, &good);
    for (size_t at = 0; at < good.len; at += 37) {
        struct err err = ERR_INIT;
        STR_AUTO struct str got;
        str_init(&got, TEXT_MAX);
        good.s[at] = (char)(good.s[at] ^ 0x41);
        write_file(path, good.s, good.len);
        good.s[at] = (char)(good.s[at] ^ 0x41);
        struct objectdb *db = objectdb_open(path, &err);
        const int rc = db ? objectdb_each(db, NULL, add_row, &got, &err) : -1;
        objectdb_close(db);
        ck_assert_msg(rc != 0 || strcmp(got.s, rows.s) == 0,
                      "byte %zu: other rows, without an error", at);
        ck_assert_msg(rc == 0 || err.code != ERR_NONE, "byte %zu", at);
        found += rc != 0;
    }
    ck_assert_uint_gt(found, good.len / 37 / 2);
    tempdir_free(dir);
}
END_TEST

START_TEST(test_missing)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    AUTO_FREE char *log = tempdir_path(dir, "objects.db-wal");
    struct err err = ERR_INIT;

    write_file(log, "x", 1);
    ck_assert_ptr_null(objectdb_open(path, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, "is missing beside its log"), "%s", err.msg);
    tempdir_free(dir);
}
END_TEST

/* The start was killed while it made the file. */
START_TEST(test_half_made)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    AUTO_FREE char *fresh = tempdir_path(dir, "objects.db.new");

    write_file(fresh, "SQLite", 6);
    objectdb_close(must_open(path));
    ck_assert_int_ne(access(fresh, F_OK), 0);
    tempdir_free(dir);
}
END_TEST

/* The form stands at byte 60 of the file, the program's mark at 68. */
static const struct {
    size_t at;
    const char *want;
} others[] = {{63, "is of form"}, {71, "not gantry-local's"}};

START_TEST(test_other_form)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "objects.db");
    STR_AUTO struct str rows, good;
    struct err err = ERR_INIT;

    fill(path, &rows);
    read_file(path, &good);
    good.s[others[_i].at] = 9;
    write_file(path, good.s, good.len);
    ck_assert_ptr_null(objectdb_open(path, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, others[_i].want), "%s", err.msg);
    tempdir_free(dir);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/objectdb", (struct suite_row[]){
                                                   {test_write, 1},
                                                   {test_killed, 1},
                                                   {test_disk_full, 1},
                                                   {test_each_stops, 1},
                                                   {test_damaged, ARRAY_LEN(damages)},
                                                   {test_wrong_byte, 1},
                                                   {test_missing, 1},
                                                   {test_half_made, 1},
                                                   {test_other_form, ARRAY_LEN(others)},
                                                   {NULL, 0},
                                               });
}
