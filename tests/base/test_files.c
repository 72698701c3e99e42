#include "base/files.h"

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

static char root[] = "/tmp/gantry-test-XXXXXX";

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", root, name);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    ck_assert_msg(stat(path, &st) == 0, "%s", path);
    return st.st_mode & 07777;
}

START_TEST(test_make_dir)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *deep = path_of("a/b//c/");
    AUTO_FREE char *file = path_of("a/file");
    AUTO_FREE char *below = path_of("a/file/x");

    ck_assert_int_eq(files_make_dir(deep, &err), 0);
    ck_assert_int_eq(mode_of(deep), 0700);
    ck_assert_int_eq(files_make_dir(deep, &err), 0);
    ck_assert_int_eq(files_write(file, "x", 1, 0600, &err), 0);
    ck_assert_int_eq(files_make_dir(file, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/a/file: Not a directory"));
    ck_assert_int_eq(files_make_dir(below, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/a/file: Not a directory"));
    ck_assert_int_eq(files_make_dir("", &err), -1);
    ck_assert_int_eq(err.code, ERR_INVALID);
    unlink(file);
}
END_TEST

START_TEST(test_private_dir)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *dir = path_of("private");

    ck_assert_int_eq(files_make_private_dir(dir, &err), 0);
    ck_assert_int_eq(chmod(dir, 0755), 0);
    ck_assert_int_eq(files_make_private_dir(dir, &err), 0);
    ck_assert_int_eq(chmod(dir, 0770), 0);
    ck_assert_int_eq(files_make_private_dir(dir, &err), -1);
    ck_assert_int_eq(err.code, ERR_FORBIDDEN);
    ck_assert_ptr_nonnull(strstr(err.msg, "others may write in"));
    ck_assert_ptr_nonnull(strstr(err.msg, "/private (mode 0770): choose"));
    ck_assert_int_eq(chmod(dir, 0700), 0);
    if (geteuid() != 0) /* only root can give a directory away */
        return;
    ck_assert_int_eq(chown(dir, 12345, (gid_t)-1), 0);
    ck_assert_int_eq(files_make_private_dir(dir, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/private belongs to user 12345"));
}
END_TEST

START_TEST(test_write)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *path = path_of("text");
    AUTO_FREE char *missing = path_of("missing/text");
    STR_AUTO struct str text;

    str_init(&text, 100);
    ck_assert_int_eq(files_write(path, "one", 3, 0600, &err), 0);
    ck_assert_int_eq(mode_of(path), 0600);
    ck_assert_int_eq(files_write(path, "two", 3, 0644, &err), 0);
    ck_assert_int_eq(str_read_file(&text, path, &err), 0);
    ck_assert_str_eq(text.s, "two");
    ck_assert_int_eq(files_write(missing, "x", 1, 0600, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "/missing/text: No such file"));
    unlink(path);
}
END_TEST

/* A disk that takes no more (here: a limit on files) leaves the old file, and nothing
 * beside it. */
START_TEST(test_write_full)
{
    struct err err = ERR_INIT;
    struct rlimit before, tight;
    AUTO_FREE char *path = path_of("kept");
    AUTO_FREE char *beside = path_of("kept.tmp");
    STR_AUTO struct str text;

    str_init(&text, 100);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(files_write(path, "old", 3, 0600, &err), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 2;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const int rc = files_write(path, "new", 3, 0600, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(rc, -1);
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "/kept: File too large"));
    ck_assert_int_ne(access(beside, F_OK), 0);
    ck_assert_int_eq(str_read_file(&text, path, &err), 0);
    ck_assert_str_eq(text.s, "old");
    unlink(path);
}
END_TEST

/* Is it held, seen from another process? */
static bool is_held(const char *path, char *ret_msg)
{
    int status, ends[2];
    struct err err = ERR_INIT;

    ck_assert_int_eq(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        const bool held = files_lock(path, &err) < 0;
        if (write(ends[1], err.msg, sizeof(err.msg)) < 0)
            _exit(2);
        _exit(held);
    }
    ck_assert_int_eq(read(ends[0], ret_msg, ERR_MSG_MAX), ERR_MSG_MAX);
    close(ends[0]);
    close(ends[1]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status) == 1;
}

START_TEST(test_lock)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *path = path_of("lock");
    AUTO_FREE char *want = xasprintf("%s: held by process %d", path, (int)getpid());
    char msg[ERR_MSG_MAX];
    const int fd = files_lock(path, &err);

    ck_assert_msg(fd >= 0, "%s", err.msg);
    ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    ck_assert(is_held(path, msg));
    ck_assert_str_eq(msg, want);
    close(fd);
    ck_assert(!is_held(path, msg));
    unlink(path);
}
END_TEST

static void drop_dirs(void)
{
    static const char *const dirs[] = {"a/b/c", "a/b", "a", "private", ""};

    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        AUTO_FREE char *path = path_of(dirs[i]);
        rmdir(path);
    }
}

/* What a link stands for is not touched. */
START_TEST(test_remove_tree)
{
    AUTO_FREE char *deep = path_of("tree/a/b");
    AUTO_FREE char *kept = path_of("kept");
    AUTO_FREE char *link = path_of("tree/a/link");
    AUTO_FREE char *tree = path_of("tree");

    ck_assert_int_eq(files_make_dir(deep, NULL), 0);
    ck_assert_int_eq(files_make_dir(kept, NULL), 0);
    ck_assert_int_eq(symlink(kept, link), 0);
    files_remove_tree(tree);
    ck_assert_int_lt(access(tree, F_OK), 0);
    ck_assert_int_eq(access(kept, F_OK), 0);
    files_remove_tree(tree);
    rmdir(kept);
}
END_TEST

int main(void)
{
    if (!mkdtemp(root))
        return 2;
    const int status = suite_main("base/files", (struct suite_row[]){
                                                    {test_make_dir, 1},
                                                    {test_private_dir, 1},
                                                    {test_write, 1},
                                                    {test_write_full, 1},
                                                    {test_lock, 1},
                                                    {test_remove_tree, 1},
                                                    {NULL, 0},
                                                });
    drop_dirs();
    return status;
}
