#include "kubeclient/curl_target.h"

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *server, *name;
    const char *base, *connect_to, *host_header;
    bool https, loopback;
} rows[] = {
    {"https://h:6443", NULL, "https://h:6443", NULL, NULL, true, false},
    {"https://h", NULL, "https://h", NULL, NULL, true, false},
    {"http://127.0.0.1:80/", NULL, "http://127.0.0.1:80", NULL, NULL, false, true},
    {"https://localhost:1/a/b//", NULL, "https://localhost:1/a/b", NULL, NULL, true,
     true},
    {"https://[::1]:6443", NULL, "https://[::1]:6443", NULL, NULL, true, true},
    {"https://[fd00::1]:6443", NULL, "https://[fd00::1]:6443", NULL, NULL, true, false},
    /* The name stands in the URL, and the connection is aimed at the address. */
    {"https://10.0.0.1:6443/p", "kubernetes", "https://kubernetes:6443/p",
     "::10.0.0.1:6443", "Host: 10.0.0.1:6443", true, false},
    {"https://10.0.0.1", "kubernetes", "https://kubernetes", "::10.0.0.1:443",
     "Host: 10.0.0.1:443", true, false},
    {"https://[::1]:6443", "localhost", "https://localhost:6443", "::[::1]:6443",
     "Host: [::1]:6443", true, true},
    {"https://h:1", "h", "https://h:1", NULL, NULL, true, false},
};

START_TEST(test_target)
{
    struct curl_target t;
    struct err err = ERR_INIT;

    ck_assert_msg(curl_target_init(&t, rows[_i].server, rows[_i].name, &err) == 0, "%s",
                  err.msg);
    ck_assert_str_eq(t.base, rows[_i].base);
    ck_assert_msg(str_eq(t.connect_to, rows[_i].connect_to), "%s", t.connect_to);
    ck_assert_msg(str_eq(t.host_header, rows[_i].host_header), "%s", t.host_header);
    ck_assert_int_eq(t.https, rows[_i].https);
    ck_assert_int_eq(t.loopback, rows[_i].loopback);
    curl_target_fini(&t);
}
END_TEST

static const char *const bad[] = {"",
                                  "h:1",
                                  "ftp://h",
                                  "https://",
                                  "https://a b",
                                  "https://h:99999",
                                  "file:///etc/passwd"};

START_TEST(test_bad)
{
    struct curl_target t;
    struct err err = ERR_INIT;

    ck_assert_int_eq(curl_target_init(&t, bad[_i], NULL, &err), -1);
    AUTO_FREE char *line = xasprintf(
        "server \"%s\": expected https://host:port or http://host:port", bad[_i]);
    ck_assert_str_eq(err.msg, line);
}
END_TEST

/* A name that cannot stand in a URL. */
START_TEST(test_bad_name)
{
    struct curl_target t;
    struct err err = ERR_INIT;

    ck_assert_int_eq(curl_target_init(&t, "https://h:1", "a\nb/c", &err), -1);
    ck_assert_str_eq(err.msg, "tls-server-name \"a b/c\": expected a host's name");
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/curl_target", (struct suite_row[]){
                                                    {test_target, ARRAY_LEN(rows)},
                                                    {test_bad, ARRAY_LEN(bad)},
                                                    {test_bad_name, 1},
                                                    {NULL, 0},
                                                });
}
