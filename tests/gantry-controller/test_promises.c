/* What the log says of promises that were broken. */
#include "cmd/gantry-controller/promises.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

static const struct {
    const char *what;
    struct promises before, now;
    const char *line; /* NULL: none */
} rows[] = {
    {"nothing yet", {{0}}, {{0}}, NULL},
    {"nothing new", {{[BROKEN_NODE] = 3}}, {{[BROKEN_NODE] = 3}}, NULL},
    {"the first", {{0}}, {{[BROKEN_NODE] = 1}}, "1 promised start broken: node 1"},
    {"several at once",
     {{0}},
     {{[BROKEN_NODE] = 2, [BROKEN_OVERRUN] = 1}},
     "3 promised starts broken: node 2, overrun 1"},
    {"and more later",
     {{[BROKEN_NODE] = 2}},
     {{[BROKEN_MAINTENANCE] = 1, [BROKEN_NODE] = 2, [BROKEN_PREEMPTION] = 4}},
     "5 promised starts broken: maintenance 1, preemption 4; 7 since the controller "
     "began: maintenance 1, node 2, preemption 4"},
};

START_TEST(test_line)
{
    STR_AUTO struct str line;

    str_init(&line, 512);
    ck_assert_int_eq(promises_say(&rows[_i].before, &rows[_i].now, &line),
                     rows[_i].line != NULL);
    ck_assert_msg(rows[_i].line == NULL || strcmp(line.s, rows[_i].line) == 0, "%s: %s",
                  rows[_i].what, line.s);
}
END_TEST

/* A waiting job is promised a node, which is cordoned. */
START_TEST(test_told)
{
    struct ctltest *t = ctltest_new();
    char *said = NULL;
    size_t said_len;
    FILE *out = open_memstream(&said, &said_len);
    struct log *log = log_new(out, NULL, LOG_INFO);

    ctltest_kill(t);
    t->ctl = controller_new(t->api->loop, t->client, log, &t->settings);
    ctltest_submit(t, "all", "'nodes':4,'exclusive':true,'timeLimit':'30'");
    ctltest_settle(t);
    ctltest_submit(t, "next", "'nodes':1,'exclusive':true,'timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(t, "next",
                   "status.pending.promised=true|status.pending.plannedNodes=n1");
    ctltest_patch(t, "/api/v1/nodes/n1", "{'spec':{'unschedulable':true}}");
    ctltest_settle(t);
    ctltest_expect(t, "next",
                   "status.pending.promised=true|status.pending.plannedNodes=n2");
    ctltest_free(t);
    log_free(log);
    fclose(out);
    ck_assert_msg(strstr(said, "1 promised start broken: node 1") != NULL, "%s", said);
    free(said);
}
END_TEST

int main(void)
{
    return suite_main(
        "gantry-controller/promises",
        (struct suite_row[]){{test_line, ARRAY_LEN(rows)}, {test_told, 1}, {NULL, 0}});
}
