#include "cmd/gantry-controller/promises.h"

#include "cmd/gantry-controller/controller_private.h"

#define LINE_MAX_LEN 512

static size_t sum_of(const struct promises *p)
{
    size_t sum = 0;
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++)
        sum += p->n[cause];
    return sum;
}

static void say_causes(const struct promises *p, struct str *out)
{
    const char *between = ": ";
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++) {
        if (p->n[cause] == 0)
            continue;
        str_addf(out, "%s%s %zu", between, broken_word(cause), p->n[cause]);
        between = ", ";
    }
}

bool promises_say(const struct promises *before, const struct promises *now,
                  struct str *out)
{
    struct promises since;
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++)
        since.n[cause] = now->n[cause] - before->n[cause];
    const size_t n = sum_of(&since);
    if (n == 0)
        return false;
    str_addf(out, "%zu promised start%s broken", n, n == 1 ? "" : "s");
    say_causes(&since, out);
    if (sum_of(before) == 0)
        return true;
    str_addf(out, "; %zu since the controller began", sum_of(now));
    say_causes(now, out);
    return true;
}

void promises_tell(struct controller *ctl)
{
    STR_AUTO struct str line;
    struct promises now;
    str_init(&line, LINE_MAX_LEN);
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++)
        now.n[cause] = sched_broken_promises(ctl->sched, cause);
    if (promises_say(&ctl->promises, &now, &line))
        log_info(ctl->log, "%s", line.s);
    ctl->promises = now;
}
