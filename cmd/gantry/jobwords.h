/*
 * jobwords - Slurm's job states as commands take and show them (slurm-semantics §1.1):
 * a word, a code of two or three letters, and what kind of state it is.
 *
 * This is Slurm's whole list: people ask for states that no job of ours has yet. Those
 * that one has are crds/jobstate.h's.
 */
#ifndef GANTRY_CLI_JOBWORDS_H
#define GANTRY_CLI_JOBWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "crds/jobstate.h"

enum job_kind {
    JOB_KIND_PENDING,
    JOB_KIND_ACTIVE, /* holds nodes */
    JOB_KIND_FINAL,
};

struct job_word {
    const char *word; /* "RUNNING" */
    const char *code; /* "R" */
    enum job_kind kind;
    bool failed; /* final, and its reason is shown in place of its nodes */
};

/* By word or code, in any case; NULL: there is none. */
const struct job_word *job_word_find(const char *text, size_t len);
/* Of status.state; one that has none yet, and a word unknown here, is pending. */
const struct job_word *job_word_of(const char *state);
/* Is it the word of that state? */
bool job_word_is(const struct job_word *word, enum job_state state);
/* All words, apart by commas, appended. */
void job_words_list(struct str *out);

#endif
