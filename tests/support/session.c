#include "tests/support/session.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/files.h"
#include "base/util.h"

#define FILE_MAX (1u << 20)
#define REWRITE "GANTRY_REWRITE_GOLDENS="

/* The environment proper: clitest has put its own in its place. */
static bool rewrites(const struct clitest *t)
{
    for (char **p = t->saved_environ; *p; p++)
        if (str_starts(*p, REWRITE))
            return (*p)[strlen(REWRITE)] != '\0';
    return false;
}

static void add_errors(struct str *out, const char *err)
{
    while (*err) {
        const size_t len = strcspn(err, "\n");
        str_add(out, "! ");
        str_addn(out, err, len);
        str_addc(out, '\n');
        err += len + (err[len] == '\n');
    }
}

#define SAYING "SystemComment="

/* Puts "..." in place of the scheduler's words, which end with the line or, in one line
 * with everything, before StdErr. */
static void add_output(struct str *out, const char *text)
{
    const char *s;

    while ((s = strstr(text, SAYING)) != NULL) {
        const size_t line = strcspn(s, "\n");
        const char *next = strstr(s, "  StdErr=");
        str_addn(out, text, (size_t)(s - text));
        str_add(out, SAYING "... ");
        text = next && next < s + line ? next + 1 : s + line;
    }
    str_add(out, text);
}

/* What the command says, as a session has it. */
static void run(struct clitest *t, const char *line, struct str *out)
{
    const int status = clitest_run(t, line);

    add_output(out, t->out);
    if (t->out[0] && !str_ends(t->out, "\n"))
        str_add(out, "\n\\\n");
    add_errors(out, t->err);
    if (status != 0)
        str_addf(out, "[%d]\n", status);
}

static bool is_line(const char *s, const char *begin)
{
    return str_starts(s, begin);
}

/* Bytes up to the next command or comment at the beginning of a line. */
static size_t expected_len(const char *s)
{
    const char *p = s;

    while (*p && !is_line(p, "$ ") && !is_line(p, "# ")) {
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    return (size_t)(p - s);
}

/* check's messages have a ceiling that outputs pass. */
static void compare(const char *path, const char *line, const char *want,
                    const char *got)
{
    if (strcmp(want, got) == 0)
        return;
    printf("---- expected\n%s---- got\n%s----\n", want, got);
    ck_abort_msg("%s: $ %.200s: see above; GANTRY_REWRITE_GOLDENS=1 rewrites it", path,
                 line);
}

void session_play(struct clitest *t, const char *path)
{
    STR_AUTO struct str text, whole, said;
    struct err err = ERR_INIT;

    str_init(&text, FILE_MAX);
    str_init(&whole, FILE_MAX);
    str_init(&said, FILE_MAX);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    for (const char *s = text.s; *s;) {
        const size_t len = strcspn(s, "\n");
        AUTO_FREE char *line = xstrndup(s, len);
        s += len + (s[len] == '\n');
        str_addf(&whole, "%s\n", line);
        if (!is_line(line, "$ ")) {
            ck_assert_msg(is_line(line, "# "), "%s: what is this: %s", path, line);
            continue;
        }
        AUTO_FREE char *want = xstrndup(s, expected_len(s));
        s += strlen(want);
        str_reset(&said);
        run(t, line + 2, &said);
        str_add(&whole, said.s);
        if (!rewrites(t))
            compare(path, line + 2, want, said.s);
    }
    if (rewrites(t))
        ck_assert_int_eq(files_write(path, whole.s, whole.len, 0644, NULL), 0);
}
