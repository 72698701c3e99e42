#include "tests/support/clitest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"

#define WORDS_MAX 64

struct clitest *clitest_new(void)
{
    struct clitest *t = xcalloc(1, sizeof(*t));

    t->ctl = ctltest_new();
    t->spy = spy_new(t->ctl->api->loop,
                     direct_new(t->ctl->api->loop, t->ctl->api->server, "alice", true));
    t->out = xstrdup("");
    t->err = xstrdup("");
    t->saved_environ = environ;
    environ = xcalloc(1, sizeof(*environ));
    return t;
}

void clitest_be(struct clitest *t, const char *user)
{
    transport_free(t->spy);
    t->spy = spy_new(t->ctl->api->loop,
                     direct_new(t->ctl->api->loop, t->ctl->api->server, user, false));
}

static void free_environ(char **list)
{
    for (size_t i = 0; list[i]; i++)
        free(list[i]);
    free(list);
}

void clitest_free(struct clitest *t)
{
    free_environ(environ);
    environ = t->saved_environ;
    transport_free(t->spy);
    ctltest_free(t->ctl);
    free(t->out);
    free(t->err);
    free(t);
}

/* The list is ours, so nothing of setenv's memory is left to leak. */
void clitest_setenv(struct clitest *t, const char *name, const char *value)
{
    size_t n = 0;

    (void)t;
    while (environ[n])
        n++;
    environ = xrealloc(environ, (n + 2) * sizeof(*environ));
    environ[n] = xasprintf("%s=%s", name, value);
    environ[n + 1] = NULL;
}

/* Cuts `line` in place; the words' count. */
static int cut(char *line, char **words)
{
    int n = 0;
    char *to = line;

    for (char *from = line; *from;) {
        bool quoted = false;
        from += strspn(from, " ");
        if (!*from)
            break;
        ck_assert_int_lt(n, WORDS_MAX);
        words[n++] = to;
        for (; *from && (quoted || *from != ' '); from++) {
            if (*from == '\'')
                quoted = !quoted;
            else
                *to++ = *from;
        }
        from += *from == ' ';
        *to++ = '\0';
        if (strcmp(words[n - 1], "~") == 0)
            words[n - 1][0] = '\0';
    }
    words[n] = NULL;
    return n;
}

/* A command that waits for what never comes. */
static void give_up(void *arg)
{
    ck_abort_msg("%s: it did not end within a day", (const char *)arg);
}

int clitest_run(struct clitest *t, const char *line)
{
    struct loop_timer *patience =
        loop_timer_new(t->ctl->api->loop, give_up, (void *)line);
    AUTO_FREE char *copy = xasprintf("%s ", line); /* room for the last NUL */
    char *words[WORDS_MAX + 1];
    const int n = cut(copy, words);
    const char *in = t->in ? t->in : "";
    size_t out_len, err_len;
    struct cli cli = {
        .program = "gantry", .loop = t->ctl->api->loop, .transport = t->spy};

    free(TAKE(t->out));
    free(TAKE(t->err));
    cli.in = in[0] ? fmemopen((void *)in, strlen(in), "r") : fopen("/dev/null", "r");
    cli.out = t->full ? fopen("/dev/full", "w") : open_memstream(&t->out, &out_len);
    cli.err = open_memstream(&t->err, &err_len);
    loop_timer_start(patience, INT64_C(86400000));
    t->status = command_dispatch(&cli, n, words);
    loop_timer_free(patience);
    fclose(cli.in);
    fclose(cli.out);
    fclose(cli.err);
    t->out = t->out ? t->out : xstrdup("");
    t->in = NULL;
    return t->status;
}

static void expect_text(const char *line, const char *stream, const char *got,
                        const char *want)
{
    const size_t len = want ? strlen(want) : 0;

    if (!want)
        return;
    if (len > 0 && want[len - 1] == '*')
        ck_assert_msg(strncmp(got, want, len - 1) == 0, "%s: %s: %s", line, stream,
                      got);
    else
        ck_assert_msg(strcmp(got, want) == 0, "%s: %s: expected %s, got %s", line,
                      stream, want, got);
}

void clitest_expect(struct clitest *t, const char *line, int status, const char *out,
                    const char *err)
{
    clitest_run(t, line);
    expect_text(line, "stderr", t->err, err);
    expect_text(line, "stdout", t->out, out);
    ck_assert_msg(t->status == status, "%s: status %d", line, t->status);
}

size_t clitest_count(struct clitest *t, const char *plural, const struct json **ret)
{
    const bool ours = strcmp(plural, "batchjobs") == 0;
    AUTO_FREE char *path =
        xasprintf("%s/namespaces/default/%s",
                  ours ? "/apis/gantry.dev/v1alpha1" : "/api/v1", plural);

    ck_assert_int_eq(apitest_request(t->ctl->api, "GET", path, NULL), 200);
    if (ret)
        *ret = json_get(t->ctl->api->body, "items");
    return json_len(json_get(t->ctl->api->body, "items"));
}

struct clitest *clitest_new_busy(void)
{
    static const struct {
        const char *name, *spec;
    } jobs[] = {
        {"train", "'nodes':2,'priority':300,'gpusPerNode':'h100:4','cpusPerTask':4,'"
                  "memPerNode':'8G',"
                  "'timeLimit':'1:00:00','user':'alice','comment':'hi there'"},
        {"done", "'priority':200,'timeLimit':'10','user':'bob'"},
        {"big", "'nodes':'3-4','exclusive':true,'timeLimit':'2:00:00','priority':900,"
                "'user':'alice'"},
        {"held", "'hold':'User','user':'alice','exclude':'n4','nice':10"},
        {"later", "'begin':'now+1hour','timeLimit':'30','priority':700,'user':'bob',"
                  "'requeue':false,'memPerCpu':'1G'"},
    };
    struct clitest *t = clitest_new();

    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        ctltest_submit(t->ctl, jobs[i].name, jobs[i].spec);
        ctltest_settle(t->ctl);
    }
    ctltest_advance(t->ctl, 30);
    ctltest_end(t->ctl, "done", 0, 3);
    ctltest_advance(t->ctl, 60);
    return t;
}
