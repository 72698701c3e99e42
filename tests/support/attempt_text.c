#include "tests/support/attempt_text.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/siglist.h"
#include "base/util.h"

static void add_signal(struct rank *r, const char *id)
{
    const struct siglist_item usr1 = {SIGUSR1, SIGLIST_ALL};
    STR_AUTO struct str list;

    str_init(&list, SIGLIST_MAX);
    str_add(&list, r->signals ? r->signals : "");
    siglist_add(&list, &usr1, id);
    free(r->signals);
    r->signals = str_take(&list);
}

static void set_rank(struct rank *r, const char *word)
{
    static const struct {
        const char *word;
        enum rank_state state;
    } states[] = {{"none", RANK_NONE},
                  {"made", RANK_MADE},
                  {"bound", RANK_BOUND},
                  {"gone", RANK_GONE}};
    AUTO_FREE char *copy = xstrdup(word);
    char *save, *part = strtok_r(copy, "+", &save);
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].word, part) == 0)
            r->state = states[i].state;
    while ((part = strtok_r(NULL, "+", &save))) {
        r->terminal |= strcmp(part, "ok") == 0 || strcmp(part, "broken") == 0 ||
                       strncmp(part, "fail:", 5) == 0 || strncmp(part, "sig:", 4) == 0;
        if (strcmp(part, "oom") == 0) {
            r->terminal = r->out_of_memory = true;
            r->exit_code = 137;
            r->exit_signal = 0;
        }
        if (strcmp(part, "shut") == 0)
            r->terminal = r->lost = r->shut_down = true;
        r->succeeded |= strcmp(part, "ok") == 0;
        r->deleting |= strcmp(part, "del") == 0;
        r->busy |= strcmp(part, "busy") == 0;
        if (strcmp(part, "silent") == 0)
            r->fate = NODE_SILENT;
        if (strcmp(part, "lost") == 0)
            r->fate = NODE_GONE;
        if (strcmp(part, "ok") == 0)
            r->exit_code = r->exit_signal = 0;
        if (strncmp(part, "fail:", 5) == 0) {
            r->exit_code = atoi(part + 5);
            r->exit_signal = 0;
        }
        r->running |= strcmp(part, "run") == 0;
        if (strcmp(part, "warned") == 0)
            add_signal(r, NULL);
        if (strncmp(part, "sent:", 5) == 0)
            add_signal(r, part + 5);
        if (strncmp(part, "unsent:", 7) == 0)
            rank_cannot_signal(r, part + 7, "a policy");
        if (strcmp(part, "why") == 0)
            r->reason = xstrdup("it says why");
        if (strncmp(part, "sig:", 4) == 0) {
            r->exit_signal = atoi(part + 4);
            r->exit_code = 128 + r->exit_signal;
        }
    }
}

void attempt_from_text(struct attempt *a, int64_t number, const char *text,
                       int64_t now_sec)
{
    AUTO_FREE char *copy = xstrdup(text);
    size_t n = 1;
    for (const char *p = text; *p; p++)
        n += *p == ' ';
    struct slot slots[8];
    ck_assert_uint_le(n, ARRAY_LEN(slots));
    for (size_t i = 0; i < n; i++)
        slots[i] = (struct slot){.node = "n1", .pods = 1, .first_rank = (int64_t)i};
    attempt_begin(a, number, slots, n, now_sec);
    char *save, *word = strtok_r(copy, " ", &save);
    for (size_t i = 0; i < n; i++, word = strtok_r(NULL, " ", &save))
        set_rank(&a->ranks[i], word);
}
