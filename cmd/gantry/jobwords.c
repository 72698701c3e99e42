#include "cmd/gantry/jobwords.h"

#include <string.h>
#include <strings.h>

#include "base/util.h"

#define PEND JOB_KIND_PENDING
#define ACT JOB_KIND_ACTIVE
#define END JOB_KIND_FINAL

static const struct job_word words[] = {
    {"PENDING", "PD", PEND, false},      {"RUNNING", "R", ACT, false},
    {"SUSPENDED", "S", ACT, false},      {"COMPLETED", "CD", END, false},
    {"CANCELLED", "CA", END, false},     {"FAILED", "F", END, true},
    {"TIMEOUT", "TO", END, true},        {"NODE_FAIL", "NF", END, true},
    {"PREEMPTED", "PR", END, true},      {"BOOT_FAIL", "BF", END, true},
    {"DEADLINE", "DL", END, true},       {"OUT_OF_MEMORY", "OOM", END, true},
    {"COMPLETING", "CG", ACT, false},    {"CONFIGURING", "CF", ACT, false},
    {"RESIZING", "RS", ACT, false},      {"RESV_DEL_HOLD", "RD", PEND, false},
    {"REQUEUED", "RQ", PEND, false},     {"REQUEUE_FED", "RF", PEND, false},
    {"REQUEUE_HOLD", "RH", PEND, false}, {"REVOKED", "RV", END, false},
    {"SIGNALING", "SI", ACT, false},     {"SPECIAL_EXIT", "SE", PEND, false},
    {"STAGE_OUT", "SO", ACT, false},     {"STOPPED", "ST", ACT, false},
};

static bool is(const char *word, const char *text, size_t len)
{
    return strlen(word) == len && strncasecmp(word, text, len) == 0;
}

const struct job_word *job_word_find(const char *text, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (is(words[i].word, text, len) || is(words[i].code, text, len))
            return &words[i];
    return NULL;
}

const struct job_word *job_word_of(const char *state)
{
    const struct job_word *found =
        state && *state ? job_word_find(state, strlen(state)) : NULL;

    return found ? found : &words[0];
}

bool job_word_is(const struct job_word *word, enum job_state state)
{
    return strcmp(word->word, job_state_word(state)) == 0;
}

void job_words_list(struct str *out)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        str_addf(out, "%s%s", i ? "," : "", words[i].word);
}
