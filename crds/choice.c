#include "crds/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static const struct choice qos = {"high,normal", QOS_LIST_MAX, "QOS"};

static int check_each(const struct choice *choice, char *const *names, size_t n,
                      struct err *err)
{
    if (n > choice->most)
        return err_set(err, ERR_INVALID, "more than %zu %s", choice->most, choice->of);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                return err_set(err, ERR_INVALID, "%s stands twice", names[i]);
    return 0;
}

int choice_parse(const struct choice *choice, const char *text, char ***names,
                 size_t *n, struct err *err)
{
    while (*text) {
        const size_t len = strcspn(text, ",");
        const bool last = text[len] == '\0';
        AUTO_FREE char *name = xstrndup(text, len);
        if (len == 0 || (!last && text[len + 1] == '\0'))
            return err_set(err, ERR_INVALID,
                           "an empty name in the list; right is \"%s\"", choice->right);
        names_add(names, n, name);
        text += len + !last;
    }
    return choice->most > 0 ? check_each(choice, *names, *n, err) : 0;
}

int choice_parse_qos(const char *text, struct job *job, struct err *err)
{
    if (choice_parse(&qos, text, &job->qos_list, &job->n_qos_list, err) < 0)
        return -1;
    if (job->n_qos_list != 1)
        return 0;
    job->qos = job->qos_list[0];
    job->n_qos_list = 0;
    return 0;
}

int choice_check(const struct job *job, struct err *err)
{
    const size_t n = MAX(job->n_partitions, 1) * MAX(job->n_reservations, 1) *
                     job_license_choices(job) * job->n_qos_list;
    if (n <= CHOICES_MAX)
        return 0;
    return err_set(err, ERR_INVALID,
                   "with each of its QOS, in each of its partitions and reservations, "
                   "with each of its licences, the job could be run in %zu ways, more "
                   "than %d",
                   n, CHOICES_MAX);
}
