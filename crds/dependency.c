#include "crds/dependency.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define JOB_ID_MAX INT64_C(4294967295)
#define MINUTES_MAX INT64_C(525600) /* a year */

static const char *const kinds[] = {
    [DEPEND_AFTER] = "after",         [DEPEND_AFTER_ANY] = "afterany",
    [DEPEND_AFTER_OK] = "afterok",    [DEPEND_AFTER_NOT_OK] = "afternotok",
    [DEPEND_SINGLETON] = "singleton", [DEPEND_AFTER_CORR] = "aftercorr"};

/* What Slurm has beside these. */
static const struct {
    const char *word, *why;
} refused[] = {
    {"afterburstbuffer", "waits for a burst buffer, and there are none"},
    {"expand", "changes the size of another job, which is not supported"},
};

static const struct {
    const char *word;
    enum depend_state state;
} states[] = {
    {"unfulfilled", DEPEND_OPEN}, {"fulfilled", DEPEND_MET}, {"failed", DEPEND_FAILED}};

/* ---- reading ---- */

/* The beginning of what is wrong, in one line. */
#define QUOTE_MAX 40
struct quote {
    char s[QUOTE_MAX + 4];
};

static struct quote quote(const char *text)
{
    struct quote q = {{0}};
    size_t n = 0;

    while (n < QUOTE_MAX && isprint((unsigned char)text[n])) {
        q.s[n] = text[n];
        n++;
    }
    memcpy(q.s + n, text[n] != '\0' ? "..." : "", text[n] != '\0' ? 4 : 1);
    return q;
}

struct reader {
    const char *at;
    bool with_states; /* as status has it */
    char separator;   /* of the list; 0: none yet */
    struct depend *list;
    size_t n, cap;
    struct err *err;
};

static bool is_word(const char *s, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(s, word, len) == 0;
}

static int read_number(struct reader *r, int64_t min, int64_t max, int64_t *ret)
{
    const char *from = r->at;
    int64_t value = 0;

    for (; isdigit((unsigned char)*r->at); r->at++)
        value = MIN(value * 10 + (*r->at - '0'), max + 1);
    if (r->at == from || value < min || value > max)
        return -1;
    *ret = value;
    return 0;
}

static int read_state(struct reader *r, struct depend *d)
{
    const char *from = r->at + 1;
    size_t len;

    if (!r->with_states || *r->at != '(')
        return 0;
    len = strcspn(from, ")");
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (from[len] != ')' || !is_word(from, len, states[i].word))
            continue;
        d->state = states[i].state;
        r->at = from + len + 1;
        return 0;
    }
    return err_set(r->err, ERR_INVALID, "\"%s\" is no state of a dependency",
                   quote(from).s);
}

static int add(struct reader *r, const struct depend *d)
{
    if (r->n == DEPENDENCY_MAX)
        return err_set(r->err, ERR_INVALID, "more than %d jobs to wait for",
                       DEPENDENCY_MAX);
    GROW(r->list, r->n, r->cap);
    r->list[r->n++] = *d;
    return 0;
}

/* "_3", "_[1-4,7]", "_*" (the whole): tasks, each of which is one more to wait for. */
static int read_tasks(struct reader *r, const char *from, struct taskset *ret)
{
    bool open = *++r->at == '[';
    int64_t one;

    *ret = (struct taskset){{0}};
    r->at += open;
    if (!open && *r->at == '*') {
        r->at++;
        return 0;
    }
    if (!open && taskset_read_number(&r->at, &one) && one < TASKSET_SIZE) {
        taskset_add(ret, one);
        return 0;
    }
    if (open && taskset_read(&r->at, ret) && *r->at == ']') {
        r->at++;
        return 0;
    }
    return err_set(r->err, ERR_INVALID,
                   "\"%s\" names no tasks of an array; right is 12_3, 12_[1-4,7] or "
                   "12_*, below %d",
                   quote(from).s, TASKSET_SIZE);
}

static int add_tasks(struct reader *r, const struct depend *whole,
                     const struct taskset *tasks)
{
    struct depend d = *whole;

    if (taskset_is_empty(tasks))
        return add(r, whole);
    for (d.task = taskset_next(tasks, 0); d.task >= 0;
         d.task = taskset_next(tasks, d.task + 1)) {
        if (add(r, &d) < 0)
            return -1;
    }
    return 0;
}

/* "12", "12_3", "12+5": a job, or tasks of an array, and for `after` minutes. */
static int read_target(struct reader *r, enum depend_kind kind)
{
    struct depend d = {.kind = kind, .task = DEPEND_WHOLE};
    struct taskset tasks = {{0}};
    const char *from = r->at;
    int64_t minutes = 0;

    if (read_number(r, 1, JOB_ID_MAX, &d.job_id) < 0)
        return err_set(
            r->err, ERR_INVALID,
            "\"%s\" is no job's number; right is afterok:12 or afterany:12:13",
            quote(from).s);
    if (*r->at == '_' && read_tasks(r, from, &tasks) < 0)
        return -1;
    if (*r->at == '+' && kind != DEPEND_AFTER)
        return err_set(r->err, ERR_INVALID,
                       "\"%s\": only after takes minutes, as in after:12+5",
                       quote(from).s);
    if (*r->at == '+') {
        r->at++;
        if (read_number(r, 0, MINUTES_MAX, &minutes) < 0)
            return err_set(r->err, ERR_INVALID,
                           "\"%s\": behind + stand minutes, at most %" PRId64,
                           quote(from).s, MINUTES_MAX);
    }
    d.delay_sec = minutes * 60;
    return read_state(r, &d) < 0 ? -1 : add_tasks(r, &d, &tasks);
}

static int read_targets(struct reader *r, enum depend_kind kind)
{
    do {
        r->at++;
        if (read_target(r, kind) < 0)
            return -1;
    } while (*r->at == ':');
    return 0;
}

static int unknown_word(struct reader *r, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        if (is_word(r->at, len, refused[i].word))
            return err_set(r->err, ERR_INVALID, "%s %s", refused[i].word,
                           refused[i].why);
    }
    return err_set(r->err, ERR_INVALID,
                   "\"%s\" is none of after:, afterany:, afterok:, afternotok:, "
                   "aftercorr: with a job's number, and singleton",
                   quote(r->at).s);
}

static int read_word(struct reader *r)
{
    size_t len = strspn(r->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct depend d = {.kind = (enum depend_kind)i, .task = DEPEND_WHOLE};

        if (!is_word(r->at, len, kinds[i]))
            continue;
        r->at += len;
        if (d.kind == DEPEND_SINGLETON)
            return read_state(r, &d) < 0 ? -1 : add(r, &d);
        if (*r->at == ':')
            return read_targets(r, d.kind);
        return err_set(r->err, ERR_INVALID, "%s names no job; right is %s:12", kinds[i],
                       kinds[i]);
    }
    return unknown_word(r, len);
}

/* One entry, and what stands before the next one. */
static int read_entry(struct reader *r)
{
    int rc = isdigit((unsigned char)*r->at) ? read_target(r, DEPEND_AFTER_ANY)
                                            : read_word(r);
    char separator = *r->at;

    if (rc < 0 || separator == '\0')
        return rc;
    if (separator != ',' && separator != '?')
        return err_set(r->err, ERR_INVALID,
                       "\"%s\" is not understood; dependencies are apart by commas",
                       quote(r->at).s);
    if (r->separator != 0 && r->separator != separator)
        return err_set(
            r->err, ERR_INVALID,
            "either all are apart by \",\" (all must be met) or all by \"?\" "
            "(one of them)");
    r->separator = separator;
    r->at++;
    return *r->at != '\0' ? 0
                          : err_set(r->err, ERR_INVALID,
                                    "nothing stands behind the last \"%c\"", separator);
}

static int read_all(struct reader *r)
{
    while (*r->at != '\0') {
        if (read_entry(r) < 0) {
            free(r->list);
            return -1;
        }
    }
    return 0;
}

int dependency_parse(const char *text, struct depend **ret, size_t *ret_n,
                     bool *ret_any, struct err *err)
{
    struct reader r = {.at = text, .err = err};

    if (read_all(&r) < 0)
        return -1;
    *ret = r.list;
    *ret_n = r.n;
    *ret_any = r.separator == '?';
    return 0;
}

/* ---- with states ---- */

static const char *state_word(enum depend_state state)
{
    switch (state) {
    case DEPEND_NEW: /* a singleton that nobody is before */
    case DEPEND_MET:
        return "fulfilled";
    case DEPEND_OPEN:
        return "unfulfilled";
    case DEPEND_FAILED:
        return "failed";
    }
    return "";
}

static void format_asked(const struct depend *d, struct str *out)
{
    str_add(out, kinds[d->kind]);
    if (d->kind != DEPEND_SINGLETON)
        str_addf(out, ":%" PRId64, d->job_id);
    if (d->task != DEPEND_WHOLE)
        str_addf(out, "_%" PRId64, d->task);
    if (d->delay_sec > 0)
        str_addf(out, "+%" PRId64, d->delay_sec / 60);
}

static void format_one(const struct depend *d, struct str *out)
{
    format_asked(d, out);
    str_addf(out, "(%s)", state_word(d->state));
}

void dependency_format(const struct depend *depends, size_t n, bool any,
                       struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            str_addc(out, any ? '?' : ',');
        format_one(&depends[i], out);
    }
}

void dependency_rest(const struct depend *depends, size_t n, bool any, struct str *out)
{
    size_t said = 0;

    for (size_t i = 0; i < n && any; i++) {
        if (depends[i].state == DEPEND_MET)
            return;
    }
    for (size_t i = 0; i < n; i++) {
        if (depends[i].state == DEPEND_MET)
            continue;
        if (said++ > 0)
            str_addc(out, any ? '?' : ',');
        format_asked(&depends[i], out);
    }
}

static bool is_same(const struct depend *a, const struct depend *b)
{
    return a->kind == b->kind && a->job_id == b->job_id && a->task == b->task &&
           a->delay_sec == b->delay_sec;
}

void dependency_recall(const char *text, struct depend *depends, size_t n)
{
    struct reader r = {.at = text, .with_states = true};

    if (read_all(&r) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < r.n; k++) {
            if (depends[i].kind != DEPEND_SINGLETON && is_same(&depends[i], &r.list[k]))
                depends[i].state = r.list[k].state;
        }
    }
    free(r.list);
}

void dependency_remaining(const char *text, struct str *out)
{
    struct reader r = {.at = text, .with_states = true};
    size_t said = 0;

    if (read_all(&r) < 0)
        return;
    for (size_t i = 0; i < r.n; i++) {
        if (r.list[i].state == DEPEND_MET)
            continue;
        if (said++ > 0)
            str_addc(out, r.separator);
        format_one(&r.list[i], out);
    }
    free(r.list);
}
