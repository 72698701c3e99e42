/* Who may use how much of it: QOS and accounts. */
#include "crds/snapshot_rows.h"

#include "scheduler/model.h"

static const struct field one_limit_rows[] = {
    ENUM(limit, kind, LIMIT_KINDS - 1), ENUM(limit, tres, TRES_KINDS - 1),
    TEXT(limit, type), INT(limit, amount), INT(limit, percent)};
static const struct fields fields_limit = FIELDS(limit, one_limit_rows);

static const struct field limits_rows[] = {LIST(limits, items, n, fields_limit)};
static const struct fields fields_limits = FIELDS(limits, limits_rows);

static const struct field used_item_rows[] = {ENUM(used_item, tres, TRES_KINDS - 1),
                                              TEXT(used_item, type),
                                              INT(used_item, amount)};
static const struct fields fields_used_item = FIELDS(used_item, used_item_rows);

static const struct field used_rows[] = {LIST(used, items, n, fields_used_item)};
static const struct fields fields_used = FIELDS(used, used_rows);

static const struct field usage_rows[] = {ONE(usage, past, fields_used),
                                          ONE(usage, recent, fields_used)};
static const struct fields fields_usage = FIELDS(usage, usage_rows);

static const struct field usage_time_rows[] = {
    INT(usage_time, usage_sec), INT(usage_time, recent_sec), INT(usage_time, owed_sec)};
static const struct fields fields_usage_time = FIELDS(usage_time, usage_time_rows);

static const struct field qos_rows[] = {WORD(qos, name),
                                        INT(qos, priority),
                                        INT(qos, usage_factor),
                                        INT(qos, limit_factor),
                                        INT(qos, usage_threshold),
                                        INT(qos, flags),
                                        ONE(qos, limits, fields_limits),
                                        ONE(qos, usage, fields_usage),
                                        ONE(qos, as_of, fields_usage_time),
                                        NAMES(qos, preempt, n_preempt),
                                        INT(qos, preempt_mode),
                                        INT(qos, preempt_exempt_sec),
                                        INT(qos, grace_sec),
                                        BOOL(qos, in_circle),
                                        TEXT(qos, relative_to)};
const struct fields fields_qos = FIELDS(qos, qos_rows);

static const struct field qos_choice_rows[] = {TEXT(qos_choice, by_default),
                                               NAMES(qos_choice, allowed, n_allowed)};
static const struct fields fields_qos_choice = FIELDS(qos_choice, qos_choice_rows);

static const struct field member_rows[] = {TEXT(member, user),
                                           TEXT(member, ns),
                                           TEXT(member, partition),
                                           INT(member, shares),
                                           INT(member, priority),
                                           ONE(member, usage, fields_usage),
                                           BOOL(member, former),
                                           ONE(member, limits, fields_limits),
                                           ONE(member, qos, fields_qos_choice)};
static const struct fields fields_member = FIELDS(member, member_rows);

static const struct field account_rows[] = {
    WORD(account, name),
    TEXT(account, parent),
    INT(account, shares),
    INT(account, priority),
    LIST(account, members, n_members, fields_member),
    ONE(account, limits, fields_limits),
    ONE(account, qos, fields_qos_choice),
    ONE(account, as_of, fields_usage_time)};
const struct fields fields_account = FIELDS(account, account_rows);
