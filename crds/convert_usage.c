#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "crds/convert_private.h"

static void add_row(struct account *account, const struct json *row)
{
    const char *user = json_str(row, "user"), *ns = json_str(row, "namespace");
    const struct member key = {.user = (char *)user,
                               .ns = (char *)ns,
                               .partition = (char *)json_str(row, "partition")};
    int64_t usage = json_int_or(row, "billingMilliseconds", 0);
    if (!user == !ns || usage <= 0)
        return;
    for (size_t i = 0; i < account->n_members; i++) {
        if (member_compare(&account->members[i], &key) == 0) {
            account->members[i].usage = usage;
            return;
        }
    }
    struct member *m = account_add(account, user, ns, key.partition);
    m->usage = usage;
    m->former = true;
}

void convert_usage_read(const struct json *object, struct account *account)
{
    const struct json *usage = json_at(object, "status.usage");
    account->usage_sec = time_read(usage, "asOf");
    if (account->usage_sec == TIME_UNSET)
        return;
    for (size_t i = 0; i < json_len(json_get(usage, "members")); i++)
        add_row(account, json_item(json_get(usage, "members"), i));
    account_sort(account);
}

static struct json *row_of(const struct member *m)
{
    struct json *row = json_build("{'billingMilliseconds':%i}", m->usage);
    json_set(row, m->user ? "user" : "namespace",
             json_new_string(m->user ? m->user : m->ns));
    if (m->partition)
        json_set(row, "partition", json_new_string(m->partition));
    return row;
}

/* Slurm's word for the way. */
static const char *algorithm_of(const struct fair_rules *rules)
{
    return !rules->classic                  ? "FAIR_TREE"
           : rules->factors.depth_oblivious ? "DEPTH_OBLIVIOUS"
                                            : "NO_FAIR_TREE";
}

struct json *convert_usage_write(const struct account *account,
                                 const struct fair_rules *rules)
{
    char when[TIME_TEXT_MAX];
    struct json *rows = json_new_array();
    int64_t sum = 0;
    time_format_rfc3339(account->usage_sec, when);
    for (size_t i = 0; i < account->n_members; i++) {
        const struct member *m = &account->members[i];
        if (m->usage > 0)
            json_append(rows, row_of(m));
        sum += MIN(m->usage, INT64_MAX - sum);
    }
    struct json *ret =
        json_build("{'asOf':%s,'tresSeconds':{'billing':%i}}", when, sum / 1000);
    json_set(ret, "members", rows);
    json_set(ret, "rules",
             json_build("{'fairShare':%s,'halfLifeSeconds':%i,'dampeningFactor':%i}",
                        algorithm_of(rules), rules->half_life_sec,
                        rules->factors.damping));
    return ret;
}

void convert_fair_rules_read(const struct json *account, struct fair_rules *ret)
{
    const struct json *rules = json_at(account, "status.usage.rules");
    const char *algorithm = json_str_or(rules, "fairShare", "");
    if (!rules)
        return;
    ret->half_life_sec = MAX(json_int_or(rules, "halfLifeSeconds", 0), 0);
    ret->factors.damping = MAX(json_int_or(rules, "dampeningFactor", 1), 1);
    ret->factors.depth_oblivious = strcmp(algorithm, "DEPTH_OBLIVIOUS") == 0;
    ret->classic =
        ret->factors.depth_oblivious || strcmp(algorithm, "NO_FAIR_TREE") == 0;
}
