#include "scheduler/policy.h"

#include "base/util.h"
#include "tests/support/suite.h"

#define MESSAGE_MAX 256

static struct qos *qos_of(const char *name, int64_t priority)
{
    struct qos *q = qos_new();

    q->name = xstrdup(name);
    q->priority = priority;
    return q;
}

static struct account *account_of(const char *name, const char *user, const char *ns)
{
    struct account *a = account_new();

    a->name = xstrdup(name);
    if (user != NULL)
        account_add(a, user, NULL, NULL);
    if (ns != NULL)
        account_add(a, NULL, ns, NULL);
    account_sort(a);
    return a;
}

static const char *const letters[] = {"d", "a", "c", "b", "normal"};

START_TEST(test_keeping)
{
    struct policy p = {0};
    struct job job = {0};

    ck_assert_ptr_null(policy_qos(&p, &job));
    for (size_t i = 0; i < ARRAY_LEN(letters); i++)
        ck_assert(policy_put_qos(&p, qos_of(letters[i], (int64_t)i)));
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        job.qos = (char *)letters[i];
        ck_assert_int_eq(policy_qos(&p, &job)->priority, (int64_t)i);
    }
    ck_assert(!policy_put_qos(&p, qos_of("a", 1)));
    ck_assert(policy_put_qos(&p, qos_of("a", 70)));
    ck_assert_int_eq(policy_largest_priority(&p), 70);
    ck_assert(policy_drop_qos(&p, "a"));
    ck_assert(!policy_drop_qos(&p, "a"));
    ck_assert_int_eq(policy_largest_priority(&p), 4);
    job.qos = NULL;
    ck_assert_str_eq(policy_qos(&p, &job)->name, "normal");
    policy_fini(&p);
}
END_TEST

START_TEST(test_accounts_change)
{
    struct policy p = {0};

    ck_assert(policy_put_account(&p, account_of("a", "ann", NULL)));
    ck_assert(!policy_put_account(&p, account_of("a", "ann", NULL)));
    ck_assert(policy_put_account(&p, account_of("a", "bob", NULL)));
    ck_assert(policy_put_account(&p, account_of("a", "bob", "lab")));
    ck_assert(policy_put_account(&p, account_of("a", NULL, "lab")));
    ck_assert(policy_drop_account(&p, "a"));
    ck_assert(!policy_drop_account(&p, "a"));
    policy_fini(&p);
}
END_TEST

/* With accounts `physics` (of ann) and `lab` (of namespace lab). */
static const struct {
    const char *name, *user, *ns, *account;
    enum reason reason;
    const char *message;
    const char *has; /* account that it has in the end; NULL: none */
} cases[] = {
    {"a user's", "ann", "default", "physics", REASON_NONE, "", "physics"},
    {"a namespace's", "bob", "lab", "lab", REASON_NONE, "", "lab"},
    {"the only one", "ann", "default", NULL, REASON_NONE, "", "physics"},
    {"the namespace's only one", NULL, "lab", NULL, REASON_NONE, "", "lab"},
    {"two", "ann", "lab", NULL, REASON_INVALID_ACCOUNT,
     "ann is a member of several accounts, and the job names none of: lab, physics",
     NULL},
    {"none", "bob", "default", NULL, REASON_INVALID_ACCOUNT,
     "bob is a member of no account", NULL},
    {"another's", "bob", "default", "physics", REASON_INVALID_ACCOUNT,
     "bob is not a member of account physics", "physics"},
    {"nobody's", NULL, "default", "physics", REASON_INVALID_ACCOUNT,
     "a job without a user is not a member of account physics", "physics"},
    {"no such", "ann", "default", "art", REASON_INVALID_ACCOUNT,
     "account art does not exist", "art"},
};

START_TEST(test_check)
{
    struct policy p = {0};
    struct job job = {.user = (char *)cases[_i].user,
                      .ns = (char *)cases[_i].ns,
                      .account = (char *)cases[_i].account};
    STR_AUTO struct str message;

    str_init(&message, MESSAGE_MAX);
    ck_assert_int_eq(policy_check(&p, &job, &message), REASON_NONE);
    policy_put_account(&p, account_of("physics", "ann", NULL));
    policy_put_account(&p, account_of("lab", NULL, "lab"));
    policy_settle(&p);
    ck_assert_msg(policy_check(&p, &job, &message) == cases[_i].reason, "%s",
                  cases[_i].name);
    ck_assert_str_eq(message.s, cases[_i].message);
    ck_assert_pstr_eq(policy_account(&p, &job), cases[_i].has);
    policy_fini(&p);
}
END_TEST

/* ---- usage ---- */

static struct account *used_account(int64_t usage_sec, const char *user, int64_t usage)
{
    struct account *a = account_of("a", "ann", NULL);

    a->as_of.usage_sec = usage_sec;
    if (user != NULL)
        used_add(&account_add(a, user, NULL, NULL)->usage.past, TRES_BILLING, NULL,
                 usage);
    account_sort(a);
    return a;
}

static int64_t billing_of(const struct member *m)
{
    return used_of(&m->usage.past, TRES_BILLING, NULL);
}

/* What comes back of an account as it was written is not newer than what is known. */
START_TEST(test_usage_stays)
{
    struct policy p = {0};
    const struct member *bob;

    ck_assert(policy_put_account(&p, used_account(100, "bob", 7)));
    ck_assert(!policy_put_account(&p, used_account(100, "bob", 5)));
    ck_assert(!policy_put_account(&p, used_account(TIME_UNSET, "bob", 0)));
    ck_assert(policy_put_account(&p, used_account(90, NULL, 0)));
    ck_assert_int_eq(p.accounts[0]->as_of.usage_sec, 100);
    ck_assert_uint_eq(p.accounts[0]->n_members, 2);
    bob = &p.accounts[0]->members[1];
    ck_assert(bob->former);
    ck_assert_int_eq(billing_of(bob), 7);
    ck_assert(policy_put_account(&p, used_account(90, "bob", 0)));
    bob = &p.accounts[0]->members[1];
    ck_assert(!bob->former);
    ck_assert_int_eq(billing_of(bob), 7);
    ck_assert(policy_put_account(&p, used_account(101, "bob", 3)));
    ck_assert_int_eq(billing_of(&p.accounts[0]->members[1]), 3);
    policy_fini(&p);
}
END_TEST

static struct qos *used_qos(int64_t usage_sec, int64_t cpu)
{
    struct qos *q = qos_of("q", 1);

    q->as_of.usage_sec = usage_sec;
    used_add(&q->usage.past, TRES_CPU, NULL, cpu);
    return q;
}

/* Likewise of a QOS. */
START_TEST(test_qos_usage_stays)
{
    struct policy p = {0};

    ck_assert(policy_put_qos(&p, used_qos(100, 7)));
    ck_assert(!policy_put_qos(&p, used_qos(100, 5)));
    ck_assert(!policy_put_qos(&p, used_qos(TIME_UNSET, 0)));
    ck_assert_int_eq(used_of(&p.qos[0]->usage.past, TRES_CPU, NULL), 7);
    ck_assert(policy_put_qos(&p, used_qos(101, 3)));
    ck_assert_int_eq(used_of(&p.qos[0]->usage.past, TRES_CPU, NULL), 3);
    policy_fini(&p);
}
END_TEST

static bool settle(struct policy *p, int64_t at_sec)
{
    const struct fair_rules rules = {.half_life_sec = 100};
    bool changed = policy_settle(p);

    return policy_rank(p, &rules, at_sec) || changed;
}

/* Ranks move with time and with changes only. */
START_TEST(test_settle)
{
    struct policy p = {0};

    ck_assert(!settle(&p, 0));
    policy_put_account(&p, used_account(0, "bob", 1000));
    ck_assert(settle(&p, 0));
    ck_assert(!settle(&p, 0));
    ck_assert(!settle(&p, 300)); /* nobody has overtaken anybody */
    ck_assert(settle(&p, 3000)); /* bob's has faded away */
    ck_assert(policy_drop_account(&p, "a"));
    ck_assert(settle(&p, 3000));
    ck_assert(!settle(&p, 6000));
    policy_fini(&p);
}
END_TEST

static void check_spot(const struct policy *p, const struct job *job, size_t account)
{
    const struct spot *spot = assocs_spot(&p->assocs, job);
    const struct member *m = assocs_member(&p->assocs, account, job, "gpu");
    struct standing at, by_looking;

    ck_assert_ptr_nonnull(spot);
    ck_assert_uint_eq(spot->account, account);
    ck_assert_ptr_eq(&p->accounts[account]->members[spot->member - 1], m);
    at = assocs_standing_at(&p->assocs, spot);
    by_looking = assocs_standing(&p->assocs, account, m);
    ck_assert_int_eq(at.fair_rank, by_looking.fair_rank);
    ck_assert_int_eq(at.fair_of, by_looking.fair_of);
    ck_assert_int_eq(at.priority, by_looking.priority);
}

/* What is found in a moment is what is found by looking; it is not found where the
 * partition matters, nor who is a member no more. */
START_TEST(test_spots)
{
    static const char *const alone[] = {"ann", "cem"}, *const others[] = {"bob",
                                                                          "dora"};
    struct policy p = {0};
    struct account *a = used_account(0, NULL, 0);
    struct job job = {.account = (char *)"a"};

    account_add(a, "bob", NULL, NULL);
    account_add(a, "bob", NULL, "gpu");
    account_add(a, "cem", NULL, NULL)->priority = 7;
    account_add(a, "dora", NULL, NULL)->former = true;
    account_add(a, NULL, "lab", NULL);
    account_sort(a);
    policy_put_account(&p, a);
    policy_put_account(&p, account_of("b", "ann", NULL));
    settle(&p, 0);
    for (size_t i = 0; i < ARRAY_LEN(alone); i++) {
        job.user = (char *)alone[i];
        check_spot(&p, &job, 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        job.user = (char *)others[i];
        ck_assert_ptr_null(assocs_spot(&p.assocs, &job));
    }
    job.account = (char *)"b";
    job.user = (char *)"ann";
    check_spot(&p, &job, 1);
    policy_fini(&p);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/policy", (struct suite_row[]){
                                              {test_keeping, 1},
                                              {test_accounts_change, 1},
                                              {test_check, ARRAY_LEN(cases)},
                                              {test_usage_stays, 1},
                                              {test_qos_usage_stays, 1},
                                              {test_settle, 1},
                                              {test_spots, 1},
                                              {NULL, 0},
                                          });
}
