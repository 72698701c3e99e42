#include "cmd/gantry-local/hosts.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct hosts_peer peers[] = {{"a-1", "127.1.1.3"}, {"a-2", ""}};
static struct pair aliases[] = {{"10.0.0.1", "db db.lan"}};
static const struct pairs alias_list = {aliases, 1};

static const struct hosts gang = {
    .ns = "ns",
    .hostname = "a-0",
    .ip = "127.1.1.2",
    .subdomain = "svc1",
    .peers = peers,
    .n_peers = 2,
    .aliases = &alias_list,
};

START_TEST(test_gang)
{
    STR_AUTO struct str out;

    str_init(&out, 10000);
    hosts_text(&gang, "127.0.0.1 localhost\n", &out);
    ck_assert_str_eq(
        out.s,
        "# This pod's own; kept up to date while it runs.\n"
        "127.1.1.2\ta-0.svc1.ns.svc.cluster.local a-0.svc1.ns.svc a-0.svc1.ns a-0.svc1"
        " a-0\n"
        "127.1.1.3\ta-1.svc1.ns.svc.cluster.local a-1.svc1.ns.svc a-1.svc1.ns a-1.svc1"
        " a-1\n"
        "127.1.1.2\tsvc1.ns.svc.cluster.local svc1.ns.svc svc1.ns svc1\n"
        "127.1.1.3\tsvc1.ns.svc.cluster.local svc1.ns.svc svc1.ns svc1\n"
        "10.0.0.1\tdb db.lan\n"
        "# The machine's:\n"
        "127.0.0.1 localhost\n");
}
END_TEST

/* A line of its own in a name or an address is no line of the file. */
START_TEST(test_forged)
{
    static const struct hosts_peer forged[] = {
        {"x\n10.0.0.9 bank", "127.1.1.4"},
        {"y", "127.1.1.5 bank"},
        {"z", "127.1.1.6\n10.0.0.9 bank"},
        {"honest", "127.1.1.7"},
    };
    const struct hosts h = {.ns = "ns",
                            .hostname = "p",
                            .ip = "127.1.1.2",
                            .subdomain = "s",
                            .peers = forged,
                            .n_peers = ARRAY_LEN(forged)};
    STR_AUTO struct str out;

    str_init(&out, 10000);
    hosts_text(&h, "", &out);
    ck_assert_msg(!strstr(out.s, "bank"), "%s", out.s);
    ck_assert_ptr_nonnull(strstr(out.s, "127.1.1.7\thonest.s.ns.svc.cluster.local "));
}
END_TEST

START_TEST(test_alone)
{
    const struct hosts alone = {
        .ns = "ns", .hostname = "p", .ip = "127.1.1.2", .subdomain = ""};
    STR_AUTO struct str out;

    str_init(&out, 10000);
    hosts_text(&alone, "", &out);
    ck_assert_str_eq(out.s, "# This pod's own; kept up to date while it runs.\n"
                            "127.1.1.2\tp\n"
                            "# The machine's:\n");
}
END_TEST

static const struct {
    const char *name;
    enum hosts_answer answer;
    const char *want;
} names[] = {
    {"a-1.svc1", HOSTS_KNOWN, "127.1.1.3"},
    {"a-0.svc1", HOSTS_KNOWN, "127.1.1.2"},
    {"a-1.svc1.ns", HOSTS_KNOWN, "127.1.1.3"},
    {"a-1.svc1.ns.svc", HOSTS_KNOWN, "127.1.1.3"},
    {"a-1.svc1.ns.svc.cluster.local", HOSTS_KNOWN, "127.1.1.3"},
    {"a-1.svc1:29500", HOSTS_KNOWN, "127.1.1.3:29500"},
    {"a-2.svc1", HOSTS_UNKNOWN, ""},
    {"a-3.svc1:1", HOSTS_UNKNOWN, ""},
    {"a-1", HOSTS_NO_NAME, ""},
    {"a-1.svc", HOSTS_NO_NAME, ""},
    {"a-1.svc12", HOSTS_NO_NAME, ""},
    {"a-1.svc1.other", HOSTS_NO_NAME, ""},
    {"a-1.svc1.ns.svc.example.com", HOSTS_NO_NAME, ""},
    {"a-1.svc1:x", HOSTS_NO_NAME, ""},
    {"", HOSTS_NO_NAME, ""},
    {":1", HOSTS_NO_NAME, ""},
    {"hello a-1.svc1", HOSTS_NO_NAME, ""},
};

START_TEST(test_resolve)
{
    STR_AUTO struct str out;

    str_init(&out, 1000);
    ck_assert_msg(hosts_resolve(&gang, names[_i].name, &out) == names[_i].answer &&
                      strcmp(out.s, names[_i].want) == 0,
                  "%s: %s", names[_i].name, out.s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/hosts", (struct suite_row[]){
                                                {test_gang, 1},
                                                {test_alone, 1},
                                                {test_forged, 1},
                                                {test_resolve, ARRAY_LEN(names)},
                                                {NULL, 0},
                                            });
}
