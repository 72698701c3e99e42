/* What a job says of itself: names, bounds, reservations, licences. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

bool depends_equal(const struct job *a, const struct job *b)
{
    if (a->n_depends != b->n_depends || a->depends_any != b->depends_any)
        return false;
    for (size_t i = 0; i < a->n_depends; i++) {
        const struct depend *x = &a->depends[i], *y = &b->depends[i];

        if (x->kind != y->kind || x->job_id != y->job_id || x->task != y->task ||
            x->delay_sec != y->delay_sec)
            return false;
    }
    return true;
}

bool job_is_alone(const struct job *j, const struct partition *part)
{
    bool alone = j->exclusive;

    for (size_t i = 0; i < j->n_alloc && !alone; i++)
        alone = j->alloc[i].alone;
    return alone || (j->n_alloc == 0 && part != NULL && part->exclusive);
}

enum sharing job_sharing(const struct job *j, const struct partition *part)
{
    bool owned = j->exclusive_user;

    if (job_is_alone(j, part))
        return SHARES_WITH_NONE;
    for (size_t i = 0; i < j->n_alloc && !owned; i++)
        owned = j->alloc[i].owned;
    owned |= j->n_alloc == 0 && part != NULL && part->exclusive_user;
    return owned ? SHARES_WITH_USER : SHARES_WITH_ALL;
}

const char *job_qos(const struct job *j)
{
    if (j->qos != NULL || j->n_qos_list == 0)
        return j->qos;
    return j->qos_list[j->qos_at];
}

size_t job_qos_named(const struct job *j, const char *name)
{
    size_t i = 0;

    while (i < j->n_qos_list && !str_eq(j->qos_list[i], name))
        i++;
    return i;
}

int64_t job_wall(const struct job *j, const struct partition *part)
{
    for (size_t i = 0; i < MIN(j->n_partitions, j->n_walls); i++) {
        if (strcmp(j->partitions[i], part->name) == 0)
            return j->walls[i].limit_sec;
    }
    return j->wall_sec;
}

static bool is_lifted(const struct job *j, const struct partition *part, int64_t bound)
{
    return ((j->lifts | part->lifts) & bound) != 0;
}

int64_t job_max_time(const struct job *j, const struct partition *part)
{
    return is_lifted(j, part, QOS_PART_TIME_LIMIT) ? LIMIT_UNLIMITED
                                                   : part->max_time_sec;
}

int64_t job_max_nodes(const struct job *j, const struct partition *part)
{
    return is_lifted(j, part, QOS_PART_MAX_NODES) ? LIMIT_UNLIMITED : part->max_nodes;
}

int64_t job_min_nodes(const struct job *j, const struct partition *part)
{
    return is_lifted(j, part, QOS_PART_MIN_NODES) ? 0 : part->min_nodes;
}

const char *job_reservation(const struct job *j)
{
    if (j->reservation != NULL)
        return j->reservation;
    return j->n_reservations == 1 ? j->reservations[0] : j->plan.reservation;
}

bool job_names_reservation(const struct job *j, const char *name)
{
    if (j->reservation != NULL)
        return strcmp(j->reservation, name) == 0;
    for (size_t i = 0; i < j->n_reservations; i++) {
        if (strcmp(j->reservations[i], name) == 0)
            return true;
    }
    return false;
}

static const struct license *license_named(const struct job *j, const char *name)
{
    for (size_t i = 0; i < j->n_licenses && name != NULL; i++) {
        if (strcmp(j->licenses[i].name, name) == 0)
            return &j->licenses[i];
    }
    return NULL;
}

struct license_list job_licenses(const struct job *j)
{
    const struct license *one;

    if (job_license_choices(j) < 2)
        return (struct license_list){j->licenses, j->n_licenses};
    one = license_named(j, j->license != NULL ? j->license : j->plan.license);
    return (struct license_list){one, one != NULL};
}

size_t job_license_choices(const struct job *j)
{
    return j->any_license ? MAX(j->n_licenses, 1) : 1;
}

const char *job_license_choice(const struct job *j, size_t i)
{
    return job_license_choices(j) < 2 ? NULL : j->licenses[i].name;
}

const struct job *job_with_license(const struct job *j, const char *license,
                                   struct job *view)
{
    if (license == NULL)
        return j;
    *view = *j;
    view->license = (char *)license;
    return view;
}

const char *job_name(const struct job *j)
{
    return j->job_name != NULL ? j->job_name : j->name;
}

bool job_has_user(const struct job *j)
{
    return j->user != NULL && j->user[0] != '\0';
}
