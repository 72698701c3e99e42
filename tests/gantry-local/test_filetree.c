#include "cmd/gantry-local/filetree.h"

#include <dirent.h>
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
#include "tests/support/tempdir.h"

#define TEXT_MAX 10000

/* "a=1 x/y=2"; NULL: none. */
static int write_files(const char *dir, const char *text, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    struct filetree t = {0};
    char *at = copy, *word;
    int rc;

    while ((word = strsep(&at, " "))) {
        char *value = strchr(word, '=');

        if (!value)
            continue;
        *value++ = '\0';
        filetree_add(&t, word, value, strlen(value), 0640);
    }
    rc = filetree_write(&t, dir, err);
    filetree_fini(&t);
    return rc;
}

static void must_write(const char *dir, const char *text)
{
    struct err err = ERR_INIT;

    ck_assert_msg(write_files(dir, text, &err) == 0, "%s", err.msg);
}

static void expect_file(const char *dir, const char *name, const char *want)
{
    AUTO_FREE char *path = tempdir_path(dir, name);
    STR_AUTO struct str text;
    struct stat st;

    str_init(&text, TEXT_MAX);
    ck_assert_msg(str_read_file(&text, path, NULL) == 0, "%s", path);
    ck_assert_str_eq(text.s, want);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0640);
}

/* Versions that lie in it; the name of the last. */
static size_t versions(const char *dir, char ret[NAME_MAX + 1])
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    size_t n = 0;

    while ((e = readdir(d)))
        if (str_starts(e->d_name, "..v_")) {
            n++;
            strncpy(ret, e->d_name, NAME_MAX);
        }
    closedir(d);
    return n;
}

static bool has(const char *dir, const char *name)
{
    AUTO_FREE char *path = tempdir_path(dir, name);
    struct stat st;

    return lstat(path, &st) == 0;
}

START_TEST(test_change)
{
    char *dir = tempdir_new(), first[NAME_MAX + 1] = "", second[NAME_MAX + 1] = "";
    AUTO_FREE char *a = tempdir_path(dir, "a");
    char byte = 0, link[64] = "";
    int fd;

    must_write(dir, "a=1 x/y=2 x/z/w=3");
    expect_file(dir, "a", "1");
    expect_file(dir, "x/z/w", "3");
    ck_assert_uint_eq(versions(dir, first), 1);
    ck_assert_int_gt(readlink(a, link, sizeof(link) - 1), 0);
    ck_assert_str_eq(link, "..data/a");
    fd = open(a, O_RDONLY);
    must_write(dir, "a=one b=4");
    expect_file(dir, "a", "one");
    expect_file(dir, "b", "4");
    ck_assert(!has(dir, "x") && !has(dir, "..data_next"));
    ck_assert_uint_eq(versions(dir, second), 1);
    ck_assert_str_ne(first, second);
    ck_assert_int_eq(read(fd, &byte, 1), 1);
    ck_assert_int_eq(byte, '1');
    close(fd);
    must_write(dir, "");
    ck_assert(!has(dir, "a") && !has(dir, "b") && has(dir, "..data"));
    tempdir_free(dir);
}
END_TEST

/* Watchers of the directory are not woken by nothing. */
START_TEST(test_same)
{
    char *dir = tempdir_new(), first[NAME_MAX + 1] = "", second[NAME_MAX + 1] = "";
    static const struct {
        const char *text;
        bool same;
    } rows[] = {{"a=1 x/y=2", true}, {"a=1 x/y=3", false}, {"a=1 x/y=30", false},
                {"a=1", false},      {"a=1 b=1", false},   {"a=1 b=1", true}};

    must_write(dir, "a=1 x/y=2");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        versions(dir, first);
        must_write(dir, rows[i].text);
        ck_assert_uint_eq(versions(dir, second), 1);
        ck_assert_msg((strcmp(first, second) == 0) == rows[i].same, "row %zu", i);
    }
    tempdir_free(dir);
}
END_TEST

/* A disk that takes no more (here: a limit on files), or two files in each other's way,
 * leave what was there and nothing beside it. */
START_TEST(test_failure)
{
    char *dir = tempdir_new(), first[NAME_MAX + 1] = "", second[NAME_MAX + 1] = "";
    struct rlimit before, tight;
    struct err err = ERR_INIT;

    must_write(dir, "a=1");
    versions(dir, first);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tight = before;
    tight.rlim_cur = 2;
    setrlimit(RLIMIT_FSIZE, &tight);
    const int rc = write_files(dir, "a=22 b=333", &err);
    setrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(rc, -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/b: File too large"));
    ck_assert_int_eq(write_files(dir, "a=2 b=1 b/c=1", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/b/c: Not a directory"));
    expect_file(dir, "a", "1");
    ck_assert(!has(dir, "b"));
    ck_assert_uint_eq(versions(dir, second), 1);
    ck_assert_str_eq(first, second);
    must_write(dir, "a=22 b=333");
    expect_file(dir, "b", "333");
    tempdir_free(dir);
}
END_TEST

/* What a program left that was killed in the middle. */
START_TEST(test_left)
{
    char *dir = tempdir_new(), version[NAME_MAX + 1] = "";
    AUTO_FREE char *half = tempdir_path(dir, "..v_killed");
    AUTO_FREE char *next = tempdir_path(dir, "..data_next");

    must_write(dir, "a=1");
    ck_assert_int_eq(mkdir(half, 0700), 0);
    ck_assert_int_eq(symlink("..v_killed", next), 0);
    must_write(dir, "a=1");
    ck_assert_uint_eq(versions(dir, version), 1);
    must_write(dir, "a=2");
    expect_file(dir, "a", "2");
    ck_assert(!has(dir, "..data_next"));
    tempdir_free(dir);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/filetree", (struct suite_row[]){
                                                   {test_change, 1},
                                                   {test_same, 1},
                                                   {test_failure, 1},
                                                   {test_left, 1},
                                                   {NULL, 0},
                                               });
}
