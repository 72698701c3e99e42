#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "crds/convert_private.h"

#define KEY_MAX 256

/* ---- reading ---- */

/* { 'billingMilliseconds', 'wallMilliseconds', 'tresMilliseconds': { 'cpu', ... } } */
static void read_used(const struct json *row, struct used *ret)
{
    used_add(ret, TRES_BILLING, NULL, json_int_or(row, "billingMilliseconds", 0));
    used_add(ret, TRES_NONE, NULL, json_int_or(row, "wallMilliseconds", 0));
    for (json_each (it, json_get(row, "tresMilliseconds"))) {
        const char *type;
        enum tres tres = tres_parse(it.key, &type);
        if (tres != TRES_NONE && json_is(it.val, JSON_INT))
            used_add(ret, tres, type, json_int(it.val));
    }
}

static void add_row(struct account *account, const struct json *row)
{
    const char *user = json_str(row, "user"), *ns = json_str(row, "namespace");
    const struct member key = {.user = (char *)user,
                               .ns = (char *)ns,
                               .partition = (char *)json_str(row, "partition")};
    struct used used = {0};
    if (!user == !ns)
        return;
    read_used(row, &used);
    for (size_t i = 0; i < account->n_members && used.n > 0; i++) {
        if (member_compare(&account->members[i], &key) == 0) {
            used_add_all(&account->members[i].usage.past, &used);
            used_fini(&used);
        }
    }
    if (used.n == 0)
        return;
    struct member *m = account_add(account, user, ns, key.partition);
    m->usage.past = used;
    m->former = true;
}

void convert_usage_read(const struct json *object, struct account *account)
{
    const struct json *usage = json_at(object, "status.usage");
    account->as_of.usage_sec = time_read(usage, "asOf");
    if (account->as_of.usage_sec == TIME_UNSET)
        return;
    for (size_t i = 0; i < json_len(json_get(usage, "members")); i++)
        add_row(account, json_item(json_get(usage, "members"), i));
    account_sort(account);
}

void convert_qos_usage_read(const struct json *object, struct qos *qos)
{
    const struct json *usage = json_at(object, "status.usage");
    qos->as_of.usage_sec = time_read(usage, "asOf");
    if (qos->as_of.usage_sec != TIME_UNSET)
        read_used(usage, &qos->usage.past);
}

/* ---- writing ---- */

static void set_amount(struct json *map, const struct used_item *item, int64_t amount)
{
    STR_AUTO struct str key;
    str_init(&key, KEY_MAX);
    tres_say(item->tres, item->type, &key);
    json_set(map, key.s, json_new_int(amount));
}

/* So that they can be read back. */
static void set_used(struct json *row, const struct used *used)
{
    struct json *map = json_new_object();
    json_set(row, "billingMilliseconds",
             json_new_int(used_of(used, TRES_BILLING, NULL)));
    json_set(row, "wallMilliseconds", json_new_int(used_of(used, TRES_NONE, NULL)));
    for (size_t i = 0; i < used->n; i++)
        if (used->items[i].tres != TRES_NONE && used->items[i].tres != TRES_BILLING)
            set_amount(map, &used->items[i], used->items[i].amount);
    json_set(row, "tresMilliseconds", map);
}

/* For people. */
static struct json *usage_of(int64_t as_of_sec, const struct used *used)
{
    char when[TIME_TEXT_MAX];
    struct json *map = json_new_object();
    time_format_rfc3339(as_of_sec, when);
    for (size_t i = 0; i < used->n; i++)
        if (used->items[i].tres != TRES_NONE)
            set_amount(map, &used->items[i], used->items[i].amount / 1000);
    struct json *ret = json_build("{'asOf':%s,'wallSeconds':%i}", when,
                                  used_of(used, TRES_NONE, NULL) / 1000);
    json_set(ret, "tresSeconds", map);
    return ret;
}

static struct json *row_of(const struct member *m)
{
    struct json *row = json_new_object();
    json_set(row, m->user ? "user" : "namespace",
             json_new_string(m->user ? m->user : m->ns));
    if (m->partition)
        json_set(row, "partition", json_new_string(m->partition));
    set_used(row, &m->usage.past);
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
    struct json *rows = json_new_array();
    struct used sum = {0};
    for (size_t i = 0; i < account->n_members; i++) {
        const struct member *m = &account->members[i];
        if (m->usage.past.n > 0)
            json_append(rows, row_of(m));
        used_add_all(&sum, &m->usage.past);
    }
    struct json *ret = usage_of(account->as_of.usage_sec, &sum);
    json_set(ret, "members", rows);
    json_set(ret, "rules",
             json_build("{'fairShare':%s,'halfLifeSeconds':%i,'dampeningFactor':%i}",
                        algorithm_of(rules), rules->half_life_sec,
                        rules->factors.damping));
    used_fini(&sum);
    return ret;
}

struct json *convert_qos_usage_write(const struct qos *qos)
{
    struct json *ret = usage_of(qos->as_of.usage_sec, &qos->usage.past);
    set_used(ret, &qos->usage.past);
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
