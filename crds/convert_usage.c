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

struct json *convert_usage_write(const struct account *account)
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
    return ret;
}
