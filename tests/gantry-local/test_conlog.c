#include "cmd/gantry-local/conlog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

struct rig {
    char dir[32];
    struct conlog *log;
};

static void rig_init(struct rig *r, int64_t max_bytes)
{
    struct err err = ERR_INIT;

    *r = (struct rig){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(r->dir));
    r->log = conlog_new(r->dir, "c", max_bytes, &err);
    ck_assert_msg(r->log != NULL, "%s", err.msg);
}

static void rig_fini(struct rig *r)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);

    conlog_free(r->log);
    ck_assert_int_eq(system(command), 0);
}

static void append(struct rig *r, const char *text, int64_t ms)
{
    conlog_append(r->log, text, strlen(text), ms);
}

/* NULL text: there is no such file. */
static void expect_file(const struct rig *r, const char *name, const char *text)
{
    AUTO_FREE char *path = xasprintf("%s/%s", r->dir, name);
    STR_AUTO struct str found;
    int rc;

    str_init(&found, 1 << 20);
    rc = str_read_file(&found, path, NULL);
    ck_assert_msg((rc == 0) == (text != NULL), "%s", name);
    if (text)
        ck_assert_msg(strcmp(found.s, text) == 0, "%s: \"%s\"", name, found.s);
}

/* "offset@ms" of each mark. */
static void expect_marks(const struct rig *r, const char *name, const char *want)
{
    AUTO_FREE char *path = xasprintf("%s/%s", r->dir, name);
    STR_AUTO struct str found;
    struct conlog_mark m;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    str_init(&found, 10000);
    while (read(fd, &m, sizeof(m)) == sizeof(m))
        str_addf(&found, "%s%lld@%lld", found.len ? " " : "", (long long)m.offset,
                 (long long)m.ms);
    close(fd);
    ck_assert_msg(strcmp(found.s, want) == 0, "%s: %s", name, found.s);
}

/* One mark for the lines of a moment; a line has the time of its first byte. */
START_TEST(test_marks)
{
    struct rig r;

    rig_init(&r, 0);
    append(&r, "one\ntw", 10);
    append(&r, "o", 11);
    append(&r, "\n", 12);
    append(&r, "three\n", 13);
    append(&r, "four\n", 13);
    append(&r, "five\nsix\n", 9); /* the clock went back */
    append(&r, "se", 14);
    append(&r, "ven\neight\n", 15);
    expect_file(&r, "c.log", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n");
    expect_marks(&r, "c.log.times", "0@10 8@13 28@14 34@15");
    rig_fini(&r);
}
END_TEST

/* A file ends with a line, unless the line does not end. */
START_TEST(test_full)
{
    struct rig r;

    rig_init(&r, 8);
    append(&r, "0123", 1);
    append(&r, "4567", 2);
    append(&r, "89\nab\n", 3);
    expect_file(&r, "c.log.1", "0123456789\n");
    expect_file(&r, "c.log", "ab\n");
    expect_marks(&r, "c.log.1.times", "0@1");
    expect_marks(&r, "c.log.times", "0@3");
    append(&r, "cdefg\n", 4);
    append(&r, "h\n", 5);
    expect_file(&r, "c.log.1", "ab\ncdefg\n");
    expect_file(&r, "c.log", "h\n");
    ck_assert_uint_eq(conlog_part(r.log), 2);
    rig_fini(&r);
}
END_TEST

START_TEST(test_endless_line)
{
    struct rig r;
    char part[4096 + 1];
    AUTO_FREE char *path = NULL;
    struct stat st;

    rig_init(&r, 8);
    path = conlog_path(r.dir, "c", false, true);
    memset(part, 'x', sizeof(part) - 1);
    part[sizeof(part) - 1] = '\0';
    for (int i = 0; i < 100; i++)
        append(&r, part, i);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_le(st.st_size, (64 << 10) + 2 * 4096);
    ck_assert_uint_gt(conlog_part(r.log), 1);
    rig_fini(&r);
}
END_TEST

/* Of each container two runs are kept, whole. */
START_TEST(test_runs)
{
    struct rig r;

    rig_init(&r, 4);
    append(&r, "one\n", 1);
    append(&r, "more\n", 1);
    conlog_free(r.log);
    expect_file(&r, "c.previous.log", NULL);
    r.log = conlog_new(r.dir, "c", 4, NULL);
    append(&r, "two\n", 2);
    expect_file(&r, "c.previous.log.1", "one\n");
    expect_file(&r, "c.previous.log", "more\n");
    expect_marks(&r, "c.previous.log.times", "0@1");
    expect_file(&r, "c.log", "two\n");
    expect_file(&r, "c.log.1", NULL);
    conlog_free(r.log);
    r.log = conlog_new(r.dir, "c", 4, NULL);
    expect_file(&r, "c.previous.log", "two\n");
    expect_file(&r, "c.previous.log.1", NULL);
    expect_file(&r, "c.previous.log.1.times", NULL);
    expect_file(&r, "c.log", "");
    rig_fini(&r);
}
END_TEST

/* What a full disk (here: a limit) does not take is confessed when it takes again. */
START_TEST(test_lost)
{
    struct rig r;
    struct rlimit was, small;

    rig_init(&r, 0);
    append(&r, "begin\n", 1);
    getrlimit(RLIMIT_FSIZE, &was);
    small = was;
    small.rlim_cur = 24; /* two marks and as many bytes */
    setrlimit(RLIMIT_FSIZE, &small);
    append(&r, "0123456789012345678901234567\n", 1);
    append(&r, "gone\n", 1);
    setrlimit(RLIMIT_FSIZE, &was);
    append(&r, "again\n", 1);
    expect_file(&r, "c.log",
                "begin\n012345678901234567\n"
                "[gantry-local: 16 bytes of output were lost: File too large]\n"
                "again\n");
    rig_fini(&r);
}
END_TEST

START_TEST(test_no_folder)
{
    struct err err = ERR_INIT;

    ck_assert_ptr_null(conlog_new("/dev/null/x", "c", 0, &err));
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "/dev/null/x/c.log"));
}
END_TEST

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    return suite_main("gantry-local/conlog", (struct suite_row[]){
                                                 {test_marks, 1},
                                                 {test_full, 1},
                                                 {test_endless_line, 1},
                                                 {test_runs, 1},
                                                 {test_lost, 1},
                                                 {test_no_folder, 1},
                                                 {NULL, 0},
                                             });
}
