/*
 * fuzz_words - what users write behind Slurm's options, a line each: lists of jobs and
 * states, "Key=Value" words, formats of times and of file names.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/filename.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/slurmtime.h"

#define WORDS_MAX 32
#define NOW_SEC 1800000000
#define NAME_MAX_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct change_row rows[] = {
    {"Comment", "comment", CHANGE_TEXT, true},
    {"Nice", "nice", CHANGE_INT, true},
    {"Requeue", "requeue", CHANGE_BOOL, true},
    {"Shared", "overSubscribe", CHANGE_BOOL, true},
    {"TimeLimit", "timeLimit", CHANGE_TIME, true},
    {"Gres", "gpus", CHANGE_GPUS, true},
    {"State", "state", CHANGE_WORD, true},
    {NULL, NULL, CHANGE_TEXT, false},
};

static void try_changes(char **words, int n)
{
    JSON_AUTO struct json *spec = json_new_object();
    struct changes changes = {0};
    struct err err = ERR_INIT;

    if (changes_parse(&changes, n, words, &err) == 0) {
        for (size_t i = 0; i < changes.n; i++) {
            const struct change *c = &changes.list[i];
            const struct change_row *row = change_row_find(rows, c->key);
            if (row)
                change_put(row, c, spec, NULL);
        }
    }
    changes_fini(&changes);
}

static void try_filter(const char *word)
{
    struct jobfilter f = {0};
    struct str selector;

    jobfilter_jobs(&f, word, NULL);
    jobfilter_states(&f, word, NULL);
    jobfilter_users(&f, word);
    names_parse(&f.job_names, word);
    str_init(&selector, NAME_MAX_BYTES);
    jobfilter_selector(&f, &selector);
    str_fini(&selector);
    jobfilter_fini(&f);
}

static const char *fact(void *arg, const char *name)
{
    (void)arg;
    return strcmp(name, "SLURM_JOB_ID") == 0 ? "12" : NULL;
}

static void try_formats(const char *word)
{
    const struct slurmtime_style style = {.format = word, .now_sec = NOW_SEC};
    char moment[SLURMTIME_MAX];
    STR_AUTO struct str name = {0};

    slurmtime_moment(&style, NOW_SEC - 1, moment);
    assert(strlen(moment) < SLURMTIME_MAX);
    str_init(&name, NAME_MAX_BYTES);
    filename_expand(word, fact, NULL, &name);
    assert(name.len <= NAME_MAX_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    char *rest = text, *words[WORDS_MAX + 1] = {NULL}, *word;
    int n = 0;

    while (n < WORDS_MAX && (word = strsep(&rest, "\n")))
        words[n++] = word;
    for (int i = 0; i < n; i++) {
        try_filter(words[i]);
        try_formats(words[i]);
    }
    try_changes(words, n);
    return 0;
}
