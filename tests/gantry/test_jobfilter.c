/* Which states a filter means, and what the server may sort out of them itself. */
#include "cmd/gantry/jobfilter.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define SELECTOR_MAX 1000

/* Every state of a job has a word of its own here, of the same kind. */
START_TEST(test_words)
{
    const enum job_state state = (enum job_state)_i;
    const char *text = job_state_word(state);
    const struct job_word *word = job_word_of(text);
    const enum job_kind kind = job_state_is_final(state)    ? JOB_KIND_FINAL
                               : job_state_is_active(state) ? JOB_KIND_ACTIVE
                                                            : JOB_KIND_PENDING;

    ck_assert_msg(word->kind == kind, "%s", text);
    ck_assert_msg(*text == '\0' || job_word_is(word, state), "%s", text);
}
END_TEST

/* Does a field selector of states alone, "status.state!=A,status.state!=B" or
 * "status.state=A", choose a job? */
static bool selects(const char *selector, const char *state)
{
    for (const char *s = selector; *s; s += strcspn(s, ","), s += *s == ',') {
        const char *op = s + strlen("status.state");
        const bool is = *op == '=';
        const char *word = op + (is ? 1 : 2);
        const size_t len = strcspn(word, ",");

        ck_assert_msg(str_starts(s, "status.state") && (is || str_starts(op, "!=")),
                      "%s", s);
        if (is != (strlen(state) == len && strncmp(word, state, len) == 0))
            return false;
    }
    return true;
}

static const struct {
    const char *states, *shown;
    bool exact; /* the server sorts out all that is not shown */
} filters[] = {
    {"", "- PENDING CONFIGURING RUNNING COMPLETING ", true},
    {"pd", "- PENDING ", true},
    {"PENDING", "- PENDING ", true},
    {"r", "RUNNING ", true},
    {"cancelled", "CANCELLED ", true},
    {"cg,cd", "COMPLETING COMPLETED ", false},
    {"stopped", "", true},
    {"all",
     "- PENDING CONFIGURING RUNNING COMPLETING COMPLETED CANCELLED FAILED TIMEOUT "
     "NODE_FAIL DEADLINE OUT_OF_MEMORY PREEMPTED ",
     true},
};

START_TEST(test_states)
{
    JOBFILTER_AUTO struct jobfilter f = {0};
    STR_AUTO struct str selector, shown;
    struct err err = ERR_INIT;

    str_init(&selector, SELECTOR_MAX);
    str_init(&shown, SELECTOR_MAX);
    ck_assert_int_eq(jobfilter_states(&f, filters[_i].states, &err), 0);
    jobfilter_selector(&f, &selector);
    for (int i = 0; i < JOB_STATES; i++) {
        const char *state = job_state_word((enum job_state)i);
        const struct jobrow row = {.word = job_word_of(state)};
        const bool shows = jobfilter_shows(&f, &row);
        const bool given = selects(selector.len ? selector.s : "", state);

        if (shows)
            str_addf(&shown, "%s ", *state ? state : "-");
        ck_assert_msg(filters[_i].exact ? given == shows : given || !shows,
                      "-t %s, %s: %s", filters[_i].states, state, selector.s);
    }
    ck_assert_str_eq(shown.len ? shown.s : "", filters[_i].shown);
}
END_TEST

START_TEST(test_bad_state)
{
    JOBFILTER_AUTO struct jobfilter f = {0};
    struct err err = ERR_INIT;

    ck_assert_int_eq(jobfilter_states(&f, "r,nosuch", &err), -1);
    ck_assert_msg(str_starts(err.msg, "Invalid job state specified: nosuch; valid are "
                                      "PENDING,RUNNING,"),
                  "%s", err.msg);
}
END_TEST

int main(void)
{
    return suite_main("gantry/jobfilter", (struct suite_row[]){
                                              {test_words, JOB_STATES},
                                              {test_states, ARRAY_LEN(filters)},
                                              {test_bad_state, 1},
                                              {NULL, 0},
                                          });
}
