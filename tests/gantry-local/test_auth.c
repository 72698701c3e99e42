#include "cmd/gantry-local/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

#define NOW_SEC 1800000000

/* A folder of its own for each test, removed with what auth puts there. */
static char *make_dir(void)
{
    char *dir = xstrdup("/tmp/gantry-test-XXXXXX");

    ck_assert(mkdtemp(dir) != NULL);
    return dir;
}

static void drop_dir(char *dir)
{
    static const char *const files[] = {"pki/ca.crt",
                                        "pki/ca.key",
                                        "pki/server.crt",
                                        "pki/server.key",
                                        "token",
                                        "kubeconfig",
                                        "lock",
                                        "port",
                                        "pki",
                                        ""};

    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", dir, files[i]);
        remove(path);
    }
    free(dir);
}

static struct auth *open_auth(const char *dir, int64_t now_sec)
{
    struct err err = ERR_INIT;
    struct auth *a = auth_open(dir, now_sec, &err);

    ck_assert_msg(a != NULL, "%s", err.msg);
    return a;
}

static char *read_file(const char *dir, const char *name)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;

    str_init(&text, 65536);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    return str_take(&text);
}

static void write_over(const char *dir, const char *name, const char *text)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");

    ck_assert(f != NULL);
    fputs(text, f);
    fclose(f);
}

static const struct {
    const char *name;
    mode_t mode;
} modes[] = {
    {"", 0700},           {"pki", 0700},
    {"token", 0600},      {"kubeconfig", 0600},
    {"pki/ca.key", 0600}, {"pki/server.key", 0600},
    {"pki/ca.crt", 0644}, {"pki/server.crt", 0644},
};

START_TEST(test_modes)
{
    char *dir = make_dir();
    struct auth *a = open_auth(dir, NOW_SEC);
    struct err err = ERR_INIT;

    ck_assert_int_eq(auth_write_kubeconfig(a, 6443, &err), 0);
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", dir, modes[i].name);
        struct stat st;
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_msg((st.st_mode & 0777 & ~modes[i].mode) == 0, "%s: %o", path,
                      st.st_mode);
    }
    auth_free(a);
    drop_dir(dir);
}
END_TEST

START_TEST(test_token)
{
    char *dir = make_dir();
    struct auth *a = open_auth(dir, NOW_SEC);
    AUTO_FREE char *token = read_file(dir, "token");

    token[strcspn(token, "\n")] = '\0';
    ck_assert_uint_eq(strlen(token), 64);
    AUTO_FREE char *good = xasprintf("Bearer %s", token);
    AUTO_FREE char *basic = xasprintf("Basic %s", token);
    ck_assert(auth_admits(a, good));
    ck_assert(!auth_admits(a, NULL) && !auth_admits(a, "") && !auth_admits(a, token));
    ck_assert(!auth_admits(a, basic));
    good[strlen(good) - 1] ^= 1;
    ck_assert(!auth_admits(a, good));
    auth_free(a);
    drop_dir(dir);
}
END_TEST

START_TEST(test_kubeconfig)
{
    char *dir = make_dir();
    struct auth *a = open_auth(dir, NOW_SEC);
    struct err err = ERR_INIT;

    ck_assert_int_eq(auth_write_kubeconfig(a, 7000, &err), 0);
    AUTO_FREE char *text = read_file(dir, "kubeconfig");
    JSON_AUTO struct json *config =
        yaml_parse_one(text, strlen(text), "kubeconfig", &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    ck_assert_str_eq(
        json_str(json_item(json_get(config, "clusters"), 0), "cluster.server"),
        "https://127.0.0.1:7000");
    auth_free(a);
    drop_dir(dir);
}
END_TEST

/* Clients keep working over a restart, and over years. */
START_TEST(test_reuse)
{
    char *dir = make_dir();

    auth_free(open_auth(dir, NOW_SEC));
    AUTO_FREE char *token = read_file(dir, "token");
    AUTO_FREE char *ca = read_file(dir, "pki/ca.crt");
    AUTO_FREE char *server = read_file(dir, "pki/server.crt");
    auth_free(open_auth(dir, NOW_SEC + 86400));
    AUTO_FREE char *token2 = read_file(dir, "token");
    AUTO_FREE char *server2 = read_file(dir, "pki/server.crt");
    ck_assert_str_eq(token, token2);
    ck_assert_str_eq(server, server2);
    auth_free(open_auth(dir, NOW_SEC + 810 * INT64_C(86400)));
    AUTO_FREE char *ca3 = read_file(dir, "pki/ca.crt");
    AUTO_FREE char *server3 = read_file(dir, "pki/server.crt");
    ck_assert_str_eq(ca, ca3);
    ck_assert_str_ne(server, server3);
    drop_dir(dir);
}
END_TEST

static const struct {
    const char *file, *text;
} damages[] = {
    {"token", "short"},
    {"token", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"},
    {"pki/ca.crt", "no certificate"},
    {"pki/server.key", ""},
};

START_TEST(test_damaged)
{
    char *dir = make_dir();
    struct err err = ERR_INIT;

    auth_free(open_auth(dir, NOW_SEC));
    write_over(dir, damages[_i].file, damages[_i].text);
    ck_assert(!auth_open(dir, NOW_SEC, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert(strstr(err.msg, dir));
    drop_dir(dir);
}
END_TEST

START_TEST(test_no_dir)
{
    struct err err = ERR_INIT;

    ck_assert(!auth_open("/dev/null/x", NOW_SEC, &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/auth", (struct suite_row[]){
                                               {test_modes, 1},
                                               {test_token, 1},
                                               {test_kubeconfig, 1},
                                               {test_reuse, 1},
                                               {test_damaged, ARRAY_LEN(damages)},
                                               {test_no_dir, 1},
                                               {NULL, 0},
                                           });
}
