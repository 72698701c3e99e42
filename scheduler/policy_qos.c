/* Which QOS a job has, and whether it may have it. */
#include "base/util.h"
#include "scheduler/policy_private.h"

/* ---- choices ---- */

/* What is said of the job by its member, or else by its account or one above. */
struct choice {
    const char *by_default; /* NULL: nobody says; likewise: */
    const struct qos_choice *allows;
    const char *account; /* of the member; NULL: it has none */
};

/* Of the member in the first partition that it names: whichever it then starts in, a
 * job has one QOS. */
static struct choice choice_of(const struct policy *p, const struct job *job)
{
    const char *partition = job->n_partitions > 0 ? job->partitions[0] : NULL;
    const struct member *m;
    struct choice ret = {0};
    size_t account;

    if (!p->assocs.choosing)
        return ret;
    m = policy_member_at(p, job, partition, &account);
    if (m == NULL)
        return ret;
    ret.account = p->accounts[account]->name;
    ret.by_default = p->assocs.places[account].default_qos;
    ret.allows = p->assocs.places[account].allows;
    if (m->qos.by_default != NULL)
        ret.by_default = m->qos.by_default;
    if (m->qos.n_allowed > 0)
        ret.allows = &m->qos;
    return ret;
}

static bool is_chosen(const struct choice *choice)
{
    return choice->allows != NULL && choice->allows->n_allowed > 0;
}

static bool is_allowed(const struct choice *choice, const char *name)
{
    return !is_chosen(choice) ||
           names_have(choice->allows->allowed, choice->allows->n_allowed, name);
}

/* Whether there is such a QOS or not. */
static const char *name_of(const struct job *job, const struct choice *choice)
{
    if (job_qos(job) != NULL)
        return job_qos(job);
    if (choice->by_default != NULL && is_allowed(choice, choice->by_default))
        return choice->by_default;
    if (choice->allows != NULL && choice->allows->n_allowed == 1)
        return choice->allows->allowed[0];
    return QOS_NORMAL;
}

/* ---- asking ---- */

static struct qos *own_qos(const struct policy *p, const struct job *job)
{
    struct choice choice;

    if (job_qos(job) != NULL)
        return policy_find_qos(p, job_qos(job));
    choice = choice_of(p, job);
    return policy_find_qos(p, name_of(job, &choice));
}

static struct qos *part_qos(const struct policy *p, const struct partition *part)
{
    return part->qos != NULL ? policy_find_qos(p, part->qos) : NULL;
}

const struct qos *policy_qos(const struct policy *p, const struct job *job)
{
    return own_qos(p, job);
}

const struct qos *policy_part_qos(const struct policy *p, const struct partition *part)
{
    return part_qos(p, part);
}

size_t policy_charged_qos(const struct policy *p, const struct job *job,
                          const struct partition *part, struct qos *ret[2])
{
    struct qos *own = own_qos(p, job);
    struct qos *of_part = part != NULL ? part_qos(p, part) : NULL;
    size_t n = 0;

    if (own != NULL)
        ret[n++] = own;
    if (of_part != NULL && of_part != own)
        ret[n++] = of_part;
    return n;
}

static int64_t priority_of_named(const struct policy *p, const struct job *job,
                                 size_t i)
{
    const struct qos *qos = policy_find_qos(p, job->qos_list[i]);

    return qos != NULL ? qos->priority : INT64_MIN;
}

/* So many of the others come before it. */
static size_t rank_of_named(const struct policy *p, const struct job *job, size_t i)
{
    int64_t own = priority_of_named(p, job, i);
    size_t rank = 0;

    for (size_t k = 0; k < job->n_qos_list; k++) {
        int64_t other = priority_of_named(p, job, k);

        rank += other > own || (other == own && k < i);
    }
    return rank;
}

size_t policy_qos_ranked(const struct policy *p, const struct job *job, size_t rank)
{
    size_t i = 0;

    while (i + 1 < job->n_qos_list && rank_of_named(p, job, i) != rank)
        i++;
    return i;
}

int64_t policy_largest_priority(const struct policy *p)
{
    int64_t largest = 0;

    for (size_t i = 0; i < p->n_qos; i++)
        largest = MAX(largest, p->qos[i]->priority);
    return largest;
}

int64_t policy_longest_grace(const struct policy *p)
{
    int64_t longest = 0;

    for (size_t i = 0; i < p->n_qos; i++)
        longest = MAX(longest, p->qos[i]->grace_sec);
    return longest;
}

/* ---- checking ---- */

static enum reason say_missing(const struct policy *p, struct str *message)
{
    str_add(message, " does not exist");
    if (p->n_qos == 0)
        str_add(message, "; there are none");
    for (size_t i = 0; i < p->n_qos; i++)
        str_addf(message, "%s%s", i == 0 ? "; there are: " : ", ", p->qos[i]->name);
    return REASON_INVALID_QOS;
}

static enum reason say_allowed(const struct job *job, const struct choice *choice,
                               struct str *message)
{
    const struct qos_choice *allows = choice->allows;

    str_addf(message, "account %s allows %s no QOS %s%s; it allows: ", choice->account,
             policy_who(job), name_of(job, choice),
             job_qos(job) == NULL ? ", which jobs have that name none" : "");
    for (size_t i = 0; i < allows->n_allowed; i++)
        str_addf(message, "%s%s", i == 0 ? "" : ", ", allows->allowed[i]);
    return REASON_INVALID_QOS;
}

static enum reason check_one(const struct policy *p, const struct job *job,
                             struct str *message)
{
    const struct choice choice = choice_of(p, job);
    const char *name = name_of(job, &choice);
    const struct qos *qos;

    if (!is_allowed(&choice, name))
        return say_allowed(job, &choice, message);
    qos = policy_find_qos(p, name);
    if (qos != NULL && qos->relative_to != NULL) {
        str_addf(message, "QOS %s is relative to partition %s, and so of no job", name,
                 qos->relative_to);
        return REASON_INVALID_QOS;
    }
    if (qos != NULL && (qos->flags & QOS_REQUIRES_RESERVATION) != 0 &&
        job->n_reservations == 0) {
        str_addf(message, "QOS %s is for jobs of a reservation only", name);
        return REASON_INVALID_QOS;
    }
    if (qos != NULL ||
        (job_qos(job) == NULL && choice.by_default == NULL && !is_chosen(&choice)))
        return REASON_NONE;
    str_addf(message, "QOS %s", name);
    if (job_qos(job) == NULL)
        str_addf(message, ", the default in account %s,", choice.account);
    return say_missing(p, message);
}

/* Of several each. */
enum reason policy_check_qos(const struct policy *p, const struct job *job,
                             struct str *message)
{
    enum reason reason = REASON_NONE;
    struct job view = *job;

    if (job->qos != NULL || job->n_qos_list == 0)
        return check_one(p, job, message);
    for (size_t i = 0; i < job->n_qos_list && reason == REASON_NONE; i++) {
        view.qos_at = (int64_t)i;
        reason = check_one(p, &view, message);
    }
    return reason;
}

enum reason policy_check_threshold(const struct policy *p, const struct job *job,
                                   const struct partition *part, struct str *message)
{
    const struct qos *qos = policy_qos(p, job);
    struct standing standing;

    if (qos == NULL || (qos->flags & QOS_ENFORCE_USAGE_THRESHOLD) == 0 ||
        qos->usage_threshold == LIMIT_UNSET)
        return REASON_NONE;
    standing = policy_standing(p, job, part->name);
    if (standing.fair_of == 0 || (__int128)standing.fair_rank * SHARE_ONE >=
                                     (__int128)qos->usage_threshold * standing.fair_of)
        return REASON_NONE;
    str_addf(message,
             "QOS %s takes jobs of who has a fair share of at least %g; %s has less",
             qos->name, (double)qos->usage_threshold / SHARE_ONE, policy_who(job));
    return REASON_QOS_USAGE_THRESHOLD;
}

enum reason policy_check_part_qos(const struct policy *p, const struct partition *part,
                                  struct str *message)
{
    const struct qos *qos = policy_part_qos(p, part);

    if (part->qos == NULL || (qos != NULL && (qos->relative_to == NULL ||
                                              str_eq(qos->relative_to, part->name))))
        return REASON_NONE;
    str_addf(message, "QOS %s of partition %s", part->qos, part->name);
    if (qos == NULL)
        return say_missing(p, message);
    str_addf(message, " is relative to another one, %s", qos->relative_to);
    return REASON_INVALID_QOS;
}
