/* Takes of one history: the same steps, and of each piece the shortest. */
#include "tests/support/stepwatch.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/stepped.h"
#include "tests/support/suite.h"

static struct stepwatch_times take(struct stepwatch *w, const char *lines)
{
    struct stepwatch_times times;
    struct stepped f;

    stepwatch_take(w);
    stepped_begin(&f, lines);
    stepwatch_to_rest(w, f.s, 0);
    times = stepwatch_since(w, 0);
    stepped_end(&f);
    return times;
}

static const char two_jobs[] = STEPPED_TWO_NODES "job 1-2 cpu=8";

START_TEST(test_takes)
{
    struct stepwatch w = {0};
    const struct stepwatch_times first = take(&w, two_jobs);

    ck_assert_uint_ge(first.n_steps, 1);
    ck_assert(first.step > 0 && first.step <= first.all);
    for (int i = 0; i < 5; i++) {
        const struct stepwatch_times again = take(&w, two_jobs);

        ck_assert_uint_eq(again.n_steps, first.n_steps);
        ck_assert(again.all <= first.all && again.step <= first.step);
        ck_assert(again.over <= first.over);
    }
    stepwatch_free(&w);
}
END_TEST

START_TEST(test_another_history)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct stepwatch w = {0};

        take(&w, two_jobs);
        take(&w, STEPPED_TWO_NODES "job 1-50 cpu=1");
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}
END_TEST

int main(void)
{
    return suite_main(
        "support/stepwatch",
        (struct suite_row[]){{test_takes, 1}, {test_another_history, 1}, {NULL, 0}});
}
