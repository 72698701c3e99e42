#include "cmd/gantry/sharejson.h"

#include "base/str.h"
#include "cmd/gantry/slurmjson.h"

#define NAME_MAX_BYTES 1024
#define SLURM_USE_PARENT INT64_C(0x7fffffff) /* Slurm's number for fairshare=parent */

static void add_amount(struct json *list, const char *name, int64_t amount)
{
    JSON_AUTO struct json *value = slurmjson_number(amount);

    json_append(list, json_build("{'name': %s, 'value': %j}", name, value));
}

static struct json *minutes_limits(const struct share_row *row)
{
    struct json *list = json_new_array();
    const struct limit *l;
    int64_t minutes;

    for (size_t i = 0; share_row_minutes_limit(row, &i, &l, &minutes);) {
        STR_AUTO struct str name;

        str_init(&name, NAME_MAX_BYTES);
        tres_say(l->tres, l->type, &name);
        add_amount(list, name.s, minutes);
    }
    return list;
}

static struct json *seconds_left(const struct share_row *row)
{
    struct json *list = json_new_array();

    add_amount(list, "cpu", row->left.cpu * 60);
    add_amount(list, "mem", row->left.mem_mib * 60);
    add_amount(list, "node", row->left.node * 60);
    add_amount(list, "gres/gpu", row->left.gpu * 60);
    return list;
}

static struct json *shares_of(const struct share_row *row)
{
    const int64_t shares = share_row_node(row)->shares;

    if (share_row_parent(row) == NULL)
        return slurmjson_number(SLURMJSON_UNSET);
    return slurmjson_number(shares == SHARES_PARENT ? SLURM_USE_PARENT : shares);
}

static struct json *figure(bool (*of)(const struct share_row *row, double *ret),
                           const struct share_row *row)
{
    double x;
    const bool has = of(row, &x);

    return slurmjson_fraction(has, x);
}

static void set_names(struct json *o, const struct share_row *row, size_t id)
{
    const struct share_row *above = share_row_parent(row);
    const struct member *m = row->member;
    STR_AUTO struct str user;

    str_init(&user, NAME_MAX_BYTES);
    share_row_user(row, &user);
    json_set(o, "id", json_new_int((int64_t)id));
    json_set(o, "cluster", json_new_string(SLURMJSON_CLUSTER));
    json_set(o, "name", json_new_string(m != NULL ? user.s : share_row_account(row)));
    json_set(o, "parent",
             slurmjson_text(above != NULL ? share_row_account(above) : ""));
    json_set(o, "partition", slurmjson_text(m != NULL ? m->partition : ""));
    json_set(o, "type", json_build("[%s]", m != NULL ? "USER" : "ASSOCIATION"));
}

struct json *sharejson(const struct share_row *row, size_t id)
{
    struct json *o = json_new_object(), *tres = json_new_object(),
                *fair = json_new_object();

    set_names(o, row, id);
    json_set(o, "shares", shares_of(row));
    json_set(o, "shares_normalized", figure(share_row_norm_shares, row));
    json_set(o, "usage", json_new_int(share_row_node(row)->usage / 1000));
    json_set(o, "usage_normalized", figure(share_row_norm_usage, row));
    json_set(o, "effective_usage", figure(share_row_effective, row));
    json_set(fair, "factor", figure(share_row_fair_share, row));
    json_set(fair, "level", figure(share_row_level, row));
    json_set(o, "fairshare", fair);
    json_set(tres, "run_seconds", seconds_left(row));
    json_set(tres, "group_minutes", minutes_limits(row));
    json_set(o, "tres", tres);
    return o;
}
