#include "cmd/gantry/script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define DIRECTIVE "#SBATCH"
#define WORDS_MAX 256

void script_init(struct script *s)
{
    *s = (struct script){0};
    str_init(&s->text, SCRIPT_MAX);
}

void script_fini(struct script *s)
{
    str_fini(&s->text);
    free(s->name);
    free(s->job_name);
    *s = (struct script){0};
}

/* ---- where it comes from ---- */

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* As given, else in the first directory of PATH that has it; heap. */
static char *find_file(const char *path)
{
    const char *dirs = getenv("PATH");

    if (strchr(path, '/') || is_file(path))
        return xstrdup(path);
    while (dirs && *dirs) {
        const size_t len = strcspn(dirs, ":");
        AUTO_FREE char *there = xasprintf("%.*s/%s", (int)len, dirs, path);
        if (len > 0 && is_file(there))
            return TAKE(there);
        dirs += len + (dirs[len] == ':');
    }
    return xstrdup(path);
}

static int too_large(struct err *err)
{
    return err_set(err, ERR_TOO_LARGE,
                   "Batch script is larger than %u bytes: put what is long into files",
                   SCRIPT_MAX);
}

int script_read_file(struct script *s, const char *path, struct err *err)
{
    AUTO_FREE char *there = find_file(path);
    const char *slash = strrchr(path, '/');
    struct err why = ERR_INIT;

    s->name = xstrdup(path);
    s->job_name = xstrdup(slash ? slash + 1 : path);
    if (str_read_file(&s->text, there, &why) == 0)
        return 0;
    if (why.code == ERR_TOO_LARGE)
        return too_large(err);
    return err_set(err, why.code, "Unable to open file %s", why.msg);
}

int script_read_stream(struct script *s, FILE *in, struct err *err)
{
    struct err why = ERR_INIT;

    s->name = xstrdup("standard input");
    s->job_name = xstrdup("sbatch");
    if (str_read_stream(&s->text, in, s->name, &why) == 0)
        return 0;
    if (why.code == ERR_TOO_LARGE)
        return too_large(err);
    return err_set(err, why.code, "Unable to read the script from %s", why.msg);
}

void script_wrap(struct script *s, const char *command)
{
    s->name = xstrdup("--wrap");
    s->job_name = xstrdup("wrap");
    str_addf(&s->text, "#!/bin/sh\n# Made by sbatch --wrap.\n\n%s\n", command);
}

/* ---- what it must be ---- */

int script_check(const struct script *s, struct err *err)
{
    const char *text = s->text.s;

    if (s->text.overflow)
        return too_large(err);
    if (text[strspn(text, " \t\r\n")] == '\0' && strlen(text) == s->text.len)
        return err_set(err, ERR_INVALID, "Batch script is empty!");
    if (!str_starts(text, "#!"))
        return err_set(err, ERR_INVALID,
                       "This does not look like a batch script. The first line must "
                       "start with #! followed by the path to an interpreter. For "
                       "instance: #!/bin/sh");
    if (strlen(text) != s->text.len)
        return err_set(err, ERR_INVALID,
                       "Batch script contains a NULL character '\\0', which no script "
                       "may");
    if (strstr(text, "\r\n"))
        return err_set(err, ERR_INVALID,
                       "Batch script contains DOS line breaks (\\r\\n) instead of "
                       "expected UNIX line breaks (\\n).");
    return 0;
}

/* ---- what its lines ask for ---- */

/* Cuts a directive's words in place; -1: a quote that is not closed. */
static int cut_words(char *line, char **words, int max)
{
    int n = 0;
    char *to = line;
    char *from = line;

    for (;;) {
        char quote = '\0';
        from += strspn(from, " \t");
        if (*from == '\0' || *from == '#' || n + 1 == max)
            break;
        words[n++] = to;
        for (; *from && (quote || (*from != ' ' && *from != '\t' && *from != '#'));
             from++) {
            if (quote == '"' && *from == '\\' && (from[1] == '"' || from[1] == '\\'))
                *to++ = *++from;
            else if (*from == quote)
                quote = '\0';
            else if (!quote && (*from == '"' || *from == '\''))
                quote = *from;
            else
                *to++ = *from;
        }
        if (quote)
            return -1;
        const bool more = *from == ' ' || *from == '\t';
        const bool comment = *from == '#';
        *to++ = '\0';
        if (comment || !more)
            break;
        from++;
    }
    words[n] = NULL;
    return n;
}

/* Behind a line "hetjob" the next component's. */
static int take_directive(struct submit **submit, const char *rest, const char *at,
                          struct err *err)
{
    /* a word may end where its first character stood: room for the last NUL */
    AUTO_FREE char *copy = xasprintf("%s ", rest);
    char *words[WORDS_MAX + 1] = {(char *)"sbatch"};
    const int n = cut_words(copy, words + 1, WORDS_MAX);

    if (n < 0)
        return err_set(err, ERR_INVALID, "%s: a quote is not closed", at);
    if (n == 1 && (str_eq(words[1], "hetjob") || str_eq(words[1], "packjob")))
        return (*submit = submit_next(*submit, err)) ? 0 : err_prefix(err, "%s", at);
    const int first = submit_take_words(*submit, SUBMIT_SCRIPT, at, n + 1, words, err);
    if (first < 0)
        return -1;
    if (first <= n)
        return err_set(err, ERR_INVALID,
                       "%s: Invalid directive found in batch script: %s", at,
                       words[first]);
    return 0;
}

static int refuse_foreign(const char *at, const char *line, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "%s: %.*s lines are not read: write #SBATCH ones, or say "
                   "--ignore-pbs",
                   at, line[1] == 'P' ? 4 : 5, line);
}

/* Where the first line of another system's stands; NULL: nowhere. */
struct foreign {
    char *at;
    const char *line;
};

static int take_line(struct submit **submit, const char *line, size_t len,
                     const char *at, struct foreign *foreign, struct err *err)
{
    AUTO_FREE char *copy = xstrndup(line, len);

    if (str_starts(copy, DIRECTIVE))
        return take_directive(submit, copy + strlen(DIRECTIVE), at, err);
    if ((str_starts(copy, "#PBS") || str_starts(copy, "#BSUB")) && !foreign->at)
        *foreign = (struct foreign){.at = xstrdup(at), .line = line};
    return 0;
}

int script_directives(const struct script *s, struct submit *submit, bool ignore_pbs,
                      struct err *err)
{
    struct foreign foreign = {0};
    struct submit *component = submit;
    const char *line = s->text.s;
    int rc = 0;

    for (int number = 1; *line && rc == 0; number++) {
        const size_t len = strcspn(line, "\n");
        const size_t blank = strspn(line, " \t\r\f\v");
        AUTO_FREE char *at = xasprintf("%s:%d", s->name, number);

        if (blank < len && line[blank] != '#')
            break;
        rc = take_line(&component, line, len, at, &foreign, err);
        line += len + (line[len] == '\n');
    }
    if (rc == 0 && foreign.at && !ignore_pbs && !submit_has(submit, "ignore-pbs"))
        rc = refuse_foreign(foreign.at, foreign.line, err);
    free(foreign.at);
    return rc;
}
