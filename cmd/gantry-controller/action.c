#include "cmd/gantry-controller/action.h"

#include <stdlib.h>

#include "base/signo.h"
#include "base/util.h"

static enum action_type action_type_of(const char *word)
{
    static const struct {
        const char *word;
        enum action_type type;
    } types[] = {{"Cancel", ACTION_CANCEL},
                 {"Requeue", ACTION_REQUEUE},
                 {"RequeueHold", ACTION_REQUEUE_HOLD},
                 {"Signal", ACTION_SIGNAL},
                 {"Hold", ACTION_HOLD}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(types[i].word, word))
            return types[i].type;
    return ACTION_OTHER;
}

/* Of one component of a job only these can be. */
static enum action_type type_of(const struct json *action)
{
    enum action_type type = action_type_of(json_str(action, "type"));
    if (!json_get(action, "component"))
        return type;
    if (type == ACTION_CANCEL)
        return ACTION_CANCEL_COMPONENT;
    return type == ACTION_SIGNAL ? ACTION_SIGNAL : ACTION_OTHER;
}

/* Absent is All. */
static struct siglist_item read_signal(const struct json *action)
{
    bool is_batch = str_eq(json_str(action, "scope"), "Batch");
    return (struct siglist_item){signo_parse(json_str_or(action, "signal", "")),
                                 is_batch ? SIGLIST_BATCH : SIGLIST_ALL};
}

static struct taskset *read_only(const struct json *action)
{
    const char *text = json_str(action, "tasks");
    struct taskset set;
    if (!text)
        return NULL;
    if (taskset_parse(text, &set, NULL) < 0)
        set = (struct taskset){{0}};
    struct taskset *ret = xcalloc(1, sizeof(*ret));
    *ret = set;
    return ret;
}

struct action *actions_read(const struct json *spec, size_t *ret_n)
{
    const struct json *list = json_get(spec, "actions");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    struct action *ret = n > 0 ? xcalloc(n, sizeof(*ret)) : NULL;
    for (size_t i = 0; i < n; i++) {
        const struct json *a = json_item(list, i);
        ret[i] = (struct action){.id = xstrdup(json_str_or(a, "id", "")),
                                 .type = type_of(a),
                                 .signal = read_signal(a),
                                 .component = json_int_or(a, "component", -1),
                                 .only = read_only(a)};
    }
    *ret_n = n;
    return ret;
}

void actions_free(struct action *actions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(actions[i].id);
        free(actions[i].only);
    }
    free(actions);
}
