/* The text of a signal before the time limit ends. */
#include "crds/warning.h"

#include <signal.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    int signo; /* 0: it is none */
    enum siglist_scope scope;
    int64_t before_sec;
    bool borrows;
} cases[] = {
    {"USR1", SIGUSR1, SIGLIST_ALL, 60, false},
    {"SIGTERM@120", SIGTERM, SIGLIST_ALL, 120, false},
    {"B:10@0", SIGUSR1, SIGLIST_BATCH, 0, false},
    {"B:sigusr2", SIGUSR2, SIGLIST_BATCH, 60, false},
    {"", 0, SIGLIST_ALL, 0, false},
    {"B:", 0, SIGLIST_ALL, 0, false},
    {"@60", 0, SIGLIST_ALL, 0, false},
    {"R:USR1", SIGUSR1, SIGLIST_ALL, 60, true},
    {"R:TERM@90", SIGTERM, SIGLIST_ALL, 90, true},
    {"RB:USR1@90", SIGUSR1, SIGLIST_BATCH, 90, true},
    {"BR:USR1", SIGUSR1, SIGLIST_BATCH, 60, true},
    {"BB:USR1", 0, SIGLIST_ALL, 0, false},
    {"RBR:USR1", 0, SIGLIST_ALL, 0, false},
    {"RUSR1", 0, SIGLIST_ALL, 0, false},
    {":USR1", 0, SIGLIST_ALL, 0, false},
    {"b:USR1", 0, SIGLIST_ALL, 0, false},
    {"FOO", 0, SIGLIST_ALL, 0, false},
    {"USR1@", 0, SIGLIST_ALL, 0, false},
    {"USR1@+5", 0, SIGLIST_ALL, 0, false},
    {"USR1@-5", 0, SIGLIST_ALL, 0, false},
    {"USR1@ 5", 0, SIGLIST_ALL, 0, false},
    {"USR1@5s", 0, SIGLIST_ALL, 0, false},
    {"USR1@5@6", 0, SIGLIST_ALL, 0, false},
};

START_TEST(test_cases)
{
    struct warning w = {{0, SIGLIST_ALL}, 0, false};
    struct err err = ERR_INIT;
    const int rc = warning_parse(cases[_i].text, &w, &err);

    ck_assert_msg(rc == (cases[_i].signo ? 0 : -1), "\"%s\": %s", cases[_i].text,
                  err.msg);
    ck_assert_int_eq(w.signal.signo, cases[_i].signo);
    ck_assert(w.signal.scope == cases[_i].scope);
    ck_assert_int_eq(w.before_sec, cases[_i].before_sec);
    ck_assert(w.borrows == cases[_i].borrows);
}
END_TEST

int main(void)
{
    return suite_main("crds/warning", (struct suite_row[]){
                                          {test_cases, ARRAY_LEN(cases)},
                                          {NULL, 0},
                                      });
}
