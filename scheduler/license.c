#include "scheduler/license.h"

#include <string.h>

#include "base/util.h"

int license_find(const struct license_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(table->items[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static void say_names(const struct license_table *table, struct str *message)
{
    str_add(message, table->n == 0 ? "; there are none" : "; there are: ");
    for (size_t i = 0; i < table->n; i++)
        str_addf(message, "%s%s", i == 0 ? "" : ", ", table->items[i].name);
}

int64_t license_count(struct license_list has, const char *name)
{
    for (size_t i = 0; i < has.n; i++) {
        if (strcmp(has.items[i].name, name) == 0)
            return has.items[i].count;
    }
    return 0;
}

enum reason license_check(const struct license_table *table, const struct job *job,
                          struct str *message)
{
    const struct license_list takes = job_licenses(job);

    for (size_t k = 0; k < job->n_licenses; k++) {
        if (license_find(table, job->licenses[k].name) < 0) {
            str_addf(message, "licence %s does not exist", job->licenses[k].name);
            say_names(table, message);
            return REASON_BAD_CONSTRAINTS;
        }
    }
    for (size_t k = 0; k < takes.n; k++) {
        const struct license *need = &takes.items[k];
        int i = license_find(table, need->name);

        if (need->count > table->items[i].total) {
            str_addf(message, "needs %lld of licence %s; there are %lld",
                     (long long)need->count, need->name,
                     (long long)table->items[i].total);
            return REASON_BAD_CONSTRAINTS;
        }
    }
    return REASON_NONE;
}
