#include "base/signo.h"

#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    int signo;
} cases[] = {
    {"USR1", SIGUSR1},
    {"SIGUSR1", SIGUSR1},
    {"usr1", SIGUSR1},
    {"sigterm", SIGTERM},
    {"9", SIGKILL},
    {"10", SIGUSR1},
    {"0", 0},
    {"-9", 0},
    {"", 0},
    {"SIG", 0},
    {"FOO", 0},
    {"USR", 0},
    {"10x", 0},
    {"99", 0},
    {"999999999999", 0},
    {"SIG10", 0},
    {" 9", 0},
};

START_TEST(test_parse)
{
    ck_assert_msg(signo_parse(cases[_i].text) == cases[_i].signo, "\"%s\" is %d",
                  cases[_i].text, signo_parse(cases[_i].text));
}
END_TEST

/* The table's names are the system's, each once. */
START_TEST(test_names)
{
    int signo;

    for (size_t i = 0; (signo = signo_at(i)); i++) {
        ck_assert_str_eq(signo_name(signo), sigabbrev_np(signo));
        ck_assert_int_eq(signo_parse(signo_name(signo)), signo);
        for (size_t k = 0; k < i; k++)
            ck_assert_int_ne(signo_at(k), signo);
    }
    ck_assert_ptr_null(signo_name(0));
    ck_assert_ptr_null(signo_name(NSIG));
}
END_TEST

int main(void)
{
    return suite_main("base/signo", (struct suite_row[]){
                                        {test_parse, ARRAY_LEN(cases)},
                                        {test_names, 1},
                                        {NULL, 0},
                                    });
}
