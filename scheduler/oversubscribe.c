#include "scheduler/oversubscribe.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static const char no[] = "NO", yes[] = "YES", force[] = "FORCE";

/* ":4", or nothing. */
static bool read_jobs(const char *text, int64_t *ret)
{
    size_t len = strspn(text + (*text == ':'), "0123456789");

    *ret = OVERSUBSCRIBE_DEFAULT;
    if (*text == '\0')
        return true;
    if (*text != ':' || len == 0 || len > 2 || text[1 + len] != '\0')
        return false;
    *ret = strtol(text + 1, NULL, 10);
    return *ret >= 1 && *ret <= OVERSUBSCRIBE_MAX;
}

bool oversubscribe_read(const char *word, struct partition *part)
{
    bool all = str_starts(word, force), any = all || str_starts(word, yes);
    int64_t jobs = 0;

    if (any && !read_jobs(word + strlen(all ? force : yes), &jobs))
        return false;
    if (!any && strcmp(word, no) != 0)
        return false;
    part->oversubscribe = all || jobs > 1 ? jobs : 0;
    part->oversubscribe_all = all;
    return true;
}

void oversubscribe_say(const struct partition *part, struct str *out)
{
    if (part->oversubscribe == 0)
        str_add(out, no);
    else
        str_addf(out, "%s:%lld", part->oversubscribe_all ? force : yes,
                 (long long)part->oversubscribe);
}

int64_t oversubscribe_jobs(const struct partition *part)
{
    return part->exclusive ? 1 : MIN(MAX(part->oversubscribe, 1), OVERSUBSCRIBE_MAX);
}

bool oversubscribe_is_for(const struct partition *part, const struct job *job)
{
    return oversubscribe_jobs(part) > 1 && !job->exclusive &&
           (part->oversubscribe_all || job->oversubscribe);
}

/* `added` to them is not shared, nor is it asked for. */
static void share(const struct cluster *c, int64_t jobs, int64_t added,
                  struct resvec *v)
{
    int64_t cpus = v->v[RES_CPU], asked = MAX(cpus - added, 0);

    v->v[RES_CPU] = asked > 0 ? MAX(MAX(asked / jobs, 1) + added, 1) : cpus;
    v->v[c->quotas.whole] = MAX(asked, v->v[RES_CPU]);
}

void oversubscribe_ask(const struct cluster *c, const struct partition *part,
                       struct job *component)
{
    int64_t jobs = oversubscribe_jobs(part);

    if (c->quotas.whole < 0)
        return;
    share(c, jobs, component->added_milli, &component->each);
    for (size_t i = 0; i < component->n_units; i++)
        share(c, jobs, 0, &component->units[i].each);
    component->cpus = c->quotas.whole;
}

int64_t oversubscribe_counts(const struct job *like, const struct resvec *each)
{
    return like->cpus != RES_CPU ? each->v[like->cpus] : 0;
}
