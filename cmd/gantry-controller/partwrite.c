#include "cmd/gantry-controller/partwrite.h"

#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/policies.h"
#include "cmd/gantry-controller/refusal.h"

/* What the fields have room for (crds/partitions.yaml). */
#define NODES_MAX (1u << 20)
#define TRES_MAX 4096
#define MESSAGE_MAX 4096
#define CUT "..." /* of a message that is longer */
#define STATUS_MAX (NODES_MAX + (1u << 16))

/* A partition as it is stored. */
struct partstatus {
    struct controller *ctl;
    char *name, *uid, *version;
    char *wrong;  /* why it is ignored; NULL */
    char *stored; /* its status, as text */
    bool looked;  /* in this round */
    struct ticket ticket;
    struct kc_call *call;
    UT_hash_handle hh;
};

/* want --> DELAY_MS --> a round: one partition a turn --> again, if wanted meanwhile */
struct partwrite {
    struct partstatus *all; /* hash by name */
    struct loop_timer *look;
    bool again; /* something may have changed since this round began */
};

/* ---- what status should say ---- */

enum node_word { ALLOCATED, MIXED, IDLE, DOWN, DRAINED, DRAINING, WORDS };

static const char *const words[WORDS] = {"allocated", "mixed",   "idle",
                                         "down",      "drained", "draining"};

static enum node_word word_of(const struct node *node, const struct resvec *used,
                              size_t slots)
{
    if (node_is_drained(node))
        return slots > 0 ? DRAINING : DRAINED;
    if (!node->ready)
        return DOWN;
    if (slots == 0)
        return IDLE;
    /* Less than a CPU is left: as parts of them are rounded down. */
    return used->v[RES_CPU] + 999 >= node->capacity.v[RES_CPU] ? ALLOCATED : MIXED;
}

/* Its nodes, gathered. */
struct sums {
    const struct sched *sched;
    const struct partition *part;
    struct hostlist names;
    struct slot *have, *used; /* one for each node; of those in use */
    size_t n_have, have_cap, n_used, used_cap;
    int64_t states[WORDS];
};

static void add_node(void *arg, void *item)
{
    struct sums *sums = arg;
    const struct node *node = item;
    struct resvec used = {0}, left;
    if (!partition_has_node(sums->part, node))
        return;
    const size_t slots = sched_node_slots(sums->sched, node->name);
    sched_node_usage(sums->sched, node->name, &used, &left);
    hostlist_add(&sums->names, node->name);
    sums->states[word_of(node, &used, slots)]++;
    GROW(sums->have, sums->n_have, sums->have_cap);
    sums->have[sums->n_have++] =
        (struct slot){.node = node->name, .pods = 1, .each = node->capacity};
    if (resvec_is_zero(&used))
        return;
    GROW(sums->used, sums->n_used, sums->used_cap);
    sums->used[sums->n_used++] =
        (struct slot){.node = node->name, .pods = 1, .each = used};
}

static void set_tres(struct json *status, const char *key, const struct convert *c,
                     const struct slot *slots, size_t n)
{
    STR_AUTO struct str text;
    str_init(&text, TRES_MAX);
    if (n > 0)
        convert_tres(c, slots, n, &text);
    json_set(status, key, json_new_string(text.s));
}

static void set_message(struct json *status, const struct sched *s, const char *name)
{
    STR_AUTO struct str text;
    str_init(&text, MESSAGE_MAX - strlen(CUT));
    const bool wrong = sched_say_missing(s, name, &text);
    AUTO_FREE char *message = xasprintf("%s%s", text.s, text.overflow ? CUT : "");
    json_set(status, "message", wrong ? json_new_string(message) : json_new_null());
}

static struct json *status_of(const struct controller *ctl,
                              const struct partition *part)
{
    struct sums sums = {.sched = ctl->sched, .part = part};
    struct json *states = json_new_object();
    STR_AUTO struct str list;
    str_init(&list, NODES_MAX);
    kc_cache_each(ctl->nodes, add_node, &sums);
    hostlist_sort(&sums.names);
    hostlist_format(&sums.names, &list);
    for (size_t i = 0; i < WORDS; i++)
        json_set(states, words[i],
                 sums.states[i] > 0 ? json_new_int(sums.states[i]) : json_new_null());
    struct json *status =
        json_build("{'nodes':%s,'nodeCount':%i}", list.s, (int64_t)sums.names.n);
    set_message(status, ctl->sched, part->name);
    json_set(status, "nodeStates", states);
    set_tres(status, "totalTRES", &ctl->convert, sums.have, sums.n_have);
    set_tres(status, "usedTRES", &ctl->convert, sums.used, sums.n_used);
    hostlist_fini(&sums.names);
    free(sums.have);
    free(sums.used);
    return status;
}

static struct json *ignored(const char *wrong)
{
    AUTO_FREE char *message =
        xasprintf("is ignored: %.*s", (int)(MESSAGE_MAX - 16), wrong);
    return json_build("{'nodes':null,'nodeCount':null,'message':%s,'nodeStates':null,"
                      "'totalTRES':null,'usedTRES':null}",
                      message);
}

/* NULL: nothing that the core knows of. */
static struct json *wanted(const struct partstatus *p)
{
    const struct partition *part = sched_partition(p->ctl->sched, p->name);
    if (p->wrong)
        return ignored(p->wrong);
    return part ? status_of(p->ctl, part) : NULL;
}

static void add_text(const struct json *val, struct str *out)
{
    if (val && !json_is(val, JSON_NULL))
        json_print(val, out);
    str_addc(out, ' ');
}

/* Of what is stored, the same in the same order. */
static char *text_of(const struct json *status)
{
    static const char *const keys[] = {"nodes", "nodeCount", "totalTRES", "usedTRES",
                                       "message"};
    STR_AUTO struct str text;
    str_init(&text, STATUS_MAX);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        add_text(json_get(status, keys[i]), &text);
    for (size_t i = 0; i < WORDS; i++)
        add_text(json_get(json_get(status, "nodeStates"), words[i]), &text);
    return str_take(&text);
}

/* ---- writing ---- */

static void drop(struct partstatus *p)
{
    HASH_DEL(p->ctl->partwrite->all, p);
    if (p->call)
        kc_cancel(p->call);
    lanes_leave(p->ctl->lanes, &p->ticket);
    free(p->stored);
    free(p->wrong);
    free(p->version);
    free(p->uid);
    free(p->name);
    free(p);
}

static bool is_written(const struct partstatus *p, const struct json *status)
{
    AUTO_FREE char *text = text_of(status);
    return str_eq(text, p->stored);
}

static void read_stored(struct partstatus *p, const struct json *object)
{
    AUTO_FREE char *text = text_of(json_get(object, "status"));
    text_set(&p->stored, text);
    text_set(&p->uid, json_str(object, "metadata.uid"));
    text_set(&p->version, json_str(object, "metadata.resourceVersion"));
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct partstatus *p = arg;
    p->call = NULL;
    lanes_leave(p->ctl->lanes, &p->ticket);
    if (result->outcome == KC_OK)
        read_stored(p, result->body);
    else if (result->reason == KC_REASON_NOT_FOUND)
        drop(p); /* nobody tells of the end of one that is ignored */
    else if (refusal_stays(result))
        log_warn(p->ctl->log, "partition %s: write status: %s: %s", p->name,
                 kc_reason_name(result->reason), result->message);
}

static void send(void *arg)
{
    struct partstatus *p = arg;
    struct json *status = wanted(p);
    if (!status || is_written(p, status)) {
        json_free(status);
        lanes_leave(p->ctl->lanes, &p->ticket);
        return;
    }
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'resourceVersion':%s}}", p->uid, p->version);
    json_set(patch, "status", status);
    const struct kc_ref ref = {
        .resource = &partition_resource, .name = p->name, .subresource = "status"};
    p->call = kc_patch(p->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, p);
}

static void look_at(struct partstatus *p)
{
    JSON_AUTO struct json *status = NULL;
    p->looked = true;
    if (p->ticket.state != TICKET_IDLE)
        return;
    status = wanted(p);
    if (status && !is_written(p, status))
        lanes_enter(p->ctl->lanes, LANE_USAGE, &p->ticket, send, p);
}

static struct partstatus *next(const struct partwrite *w)
{
    struct partstatus *p, *tmp;
    HASH_ITER (hh, w->all, p, tmp)
        if (!p->looked)
            return p;
    return NULL;
}

static void begin_round(struct partwrite *w)
{
    struct partstatus *p, *tmp;
    w->again = false;
    HASH_ITER (hh, w->all, p, tmp)
        p->looked = false;
}

/* One a turn: a large one takes about a millisecond for each thousand nodes (3.5 to 6.5
 * for 5,000). */
static void look(void *arg)
{
    struct partwrite *w = ((struct controller *)arg)->partwrite;
    if (!next(w))
        begin_round(w);
    struct partstatus *p = next(w);
    if (p)
        look_at(p);
    if (next(w))
        loop_timer_start(w->look, 0);
    else if (w->again)
        loop_timer_start(w->look, PARTWRITE_DELAY_MS);
}

void partwrite_want(struct controller *ctl)
{
    struct partwrite *w = ctl->partwrite;
    if (!w)
        return;
    w->again = true;
    if (!loop_timer_armed(w->look))
        loop_timer_start(w->look, PARTWRITE_DELAY_MS);
}

/* ---- those that are there ---- */

static struct partstatus *get(struct controller *ctl, const char *name)
{
    struct partstatus *p;
    if (!ctl->partwrite) {
        ctl->partwrite = xcalloc(1, sizeof(*ctl->partwrite));
        ctl->partwrite->look = loop_timer_new(ctl->loop, look, ctl);
    }
    HASH_FIND_STR(ctl->partwrite->all, name, p);
    if (!p) {
        p = xcalloc(1, sizeof(*p));
        p->ctl = ctl;
        p->name = xstrdup(name);
        HASH_ADD_KEYPTR(hh, ctl->partwrite->all, p->name, strlen(p->name), p);
    }
    return p;
}

void partwrite_seen(struct controller *ctl, const struct json *object,
                    const char *wrong)
{
    struct partstatus *p = get(ctl, json_str_or(object, "metadata.name", ""));
    read_stored(p, object);
    text_set(&p->wrong, wrong);
    partwrite_want(ctl);
}

void partwrite_forget(struct controller *ctl, const char *name)
{
    struct partstatus *p = get(ctl, name);
    if (!p->wrong)
        drop(p);
}

void partwrite_free(struct controller *ctl)
{
    struct partstatus *p, *tmp;
    if (!ctl->partwrite)
        return;
    HASH_ITER (hh, ctl->partwrite->all, p, tmp)
        drop(p);
    loop_timer_free(ctl->partwrite->look);
    free(ctl->partwrite);
}
