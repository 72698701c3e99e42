/* The words of PreemptMode, and circles of QOS. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/preempt_rules.h"
#include "tests/support/suite.h"

#define LINE_MAX_ 256

START_TEST(test_modes)
{
    static const struct {
        const char *words;
        int64_t mode; /* -1: refused */
        const char *text;
    } rows[] = {
        {"OFF", PREEMPT_OFF, "OFF"},
        {"requeue", PREEMPT_REQUEUE, "REQUEUE"},
        {"WITHIN", PREEMPT_WITHIN, "WITHIN"},
        {"PRIORITY, CANCEL", PREEMPT_CANCEL | PREEMPT_PRIORITY, "CANCEL,PRIORITY"},
        {"REQUEUE,WITHIN", PREEMPT_REQUEUE | PREEMPT_WITHIN, "REQUEUE,WITHIN"},
        {"SUSPEND", -1,
         "SUSPEND is not supported: a suspended job keeps its GPUs; right are REQUEUE "
         "and CANCEL"},
        {"SUSPEND,GANG", -1,
         "SUSPEND is not supported: a suspended job keeps its GPUs; right are REQUEUE "
         "and CANCEL"},
        {"GANG", -1,
         "GANG is not supported: a suspended job keeps its GPUs; right are REQUEUE and "
         "CANCEL"},
        {"CANCEL,REQUEUE", -1, "only one of OFF, CANCEL and REQUEUE"},
        {"", -1, "\"\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY"},
        {"kill", -1, "\"kill\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY"},
    };
    STR_AUTO struct str text;
    struct err err;
    int64_t mode = 77;
    int rc = preempt_mode_parse(rows[_i].words, &mode, &err);

    str_init(&text, LINE_MAX_);
    if (rows[_i].mode < 0) {
        ck_assert_int_eq(rc, -1);
        ck_assert_int_eq(mode, 77);
        ck_assert_str_eq(err.msg, rows[_i].text);
        return;
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(mode, rows[_i].mode);
    preempt_mode_format(mode, &text);
    ck_assert_str_eq(text.s, rows[_i].text);
}
END_TEST
#define MODES 11

/* QOS a, b, c, ...: whom each lists. */
static void check_circle(const char *const *lists, size_t n, size_t of,
                         const char *sentence)
{
    struct qos *qos[8];
    STR_AUTO struct str out;

    str_init(&out, LINE_MAX_);
    for (size_t i = 0; i < n; i++) {
        qos[i] = qos_new();
        qos[i]->name = xasprintf("%c", (int)('a' + i));
        for (const char *c = lists[i]; *c != '\0'; c++)
            names_add(&qos[i]->preempt, &qos[i]->n_preempt, (char[2]){*c, '\0'});
    }
    preempt_find_circles(qos, n);
    ck_assert_int_eq(qos[of]->in_circle, sentence != NULL);
    preempt_say_circle(qos, n, qos[of], &out);
    ck_assert_str_eq(out.s != NULL ? out.s : "", sentence != NULL ? sentence : "");
    for (size_t i = 0; i < n; i++)
        qos_free(qos[i]);
}

START_TEST(test_circles)
{
    const char *const line[] = {"bc", "c", "x"};
    const char *const circle[] = {"b", "c", "ad", ""};
    const char *const own[] = {"a", "a"};

    check_circle(line, 3, 0, NULL);
    check_circle(
        circle, 4, 0,
        "QOS a preempts nobody: by the lists it would preempt itself (a > b > c > a)");
    check_circle(circle, 4, 3, NULL);
    check_circle(own, 2, 0,
                 "QOS a preempts nobody: by the lists it would preempt itself (a > a)");
    check_circle(own, 2, 1, NULL);
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/preempt_rules",
        (struct suite_row[]){{test_modes, MODES}, {test_circles, 1}, {NULL, 0}});
}
