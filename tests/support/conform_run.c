#include "tests/support/conform_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/protobuf.h"
#include "cmd/gantry-local/protobuf_print.h"
#include "kubeclient/base64.h"
#include "tests/support/conform_ask.h"
#include "tests/support/conform_names.h"
#include "tests/support/conform_pick.h"

#define WATCHES_MAX 4
#define RETRY_MS 50
#define FILE_MAX (1u << 20)

struct run {
    const struct conform_server *server;
    struct conform_names *names;
    struct json *answers;
    struct kinds *kinds; /* from the first answer in protobuf on */
    struct {
        char *name;
        struct conform_watch *watch;
    } watches[WATCHES_MAX];
};

/* ---- words ---- */

struct word {
    const char *word, *meaning;
};

static const struct word types[] = {
    {"json", "application/json"},
    {"yaml", "application/yaml"},
    {"merge", "application/merge-patch+json"},
    {"jsonpatch", "application/json-patch+json"},
    {"strategic", "application/strategic-merge-patch+json"},
    {"apply", "application/apply-patch+yaml"},
    {"protobuf", PROTOBUF_TYPE},
    {NULL, NULL},
};

static const struct word accepts[] = {
    {"json", "application/json"},
    {"table", "application/json;as=Table;v=v1;g=meta.k8s.io"},
    {"metadata", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"},
    {"metadata-list",
     "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"},
    {"discovery",
     "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"},
    {"protobuf", PROTOBUF_TYPE},
    {NULL, NULL},
};

static const char *meaning(const struct word *words, const char *word)
{
    for (; word && words->word; words++)
        if (strcmp(words->word, word) == 0)
            return words->meaning;
    return word;
}

static const char *const step_fields[] = {
    "ask",    "watch", "events",  "close",  "as",      "count",     "type",
    "accept", "body",  "text",    "base64", "file",    "grow",      "save",
    "until",  "quiet", "managed", "only",   "without", "unordered", "verbatim"};

static int check_step(const struct json *step, struct err *err)
{
    for (json_each (it, step)) {
        size_t i = 0;
        while (i < ARRAY_LEN(step_fields) && strcmp(step_fields[i], it.key) != 0)
            i++;
        if (i == ARRAY_LEN(step_fields))
            return err_set(err, ERR_INVALID, "a step has no field \"%s\"", it.key);
    }
    return 0;
}

/* ---- a request ---- */

static struct json *body_of_file(const struct run *run, const char *name,
                                 struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/%s", run->server->root, name);
    STR_AUTO struct str text;

    str_init(&text, FILE_MAX);
    if (str_read_file(&text, path, err) != 0)
        return NULL;
    return yaml_parse_one(text.s, text.len, name, err);
}

static void grow_body(struct json *body, const struct json *grow)
{
    const size_t len = (size_t)json_int_or(grow, "bytes", 0);
    AUTO_FREE char *text = xmalloc(len + 1);

    memset(text, 'x', len);
    json_set_at(body, json_str(grow, "path"), json_new_string_len(text, len));
}

/* Heap; *ret_len bytes. NULL and err code ERR_NONE: the step has no body. */
static char *step_body(const struct run *run, const struct json *step, size_t *ret_len,
                       struct err *err)
{
    const char *text = json_str(step, "text"), *base64 = json_str(step, "base64");
    const char *file = json_str(step, "file");

    if (text) {
        char *filled = conform_names_fill(run->names, text);
        *ret_len = strlen(filled);
        return filled;
    }
    if (base64) {
        char *bytes = base64_decode(base64, ret_len);
        if (!bytes)
            err_set(err, ERR_INVALID, "base64: malformed");
        return bytes;
    }
    if (!file && !json_get(step, "body"))
        return NULL;
    JSON_AUTO struct json *body =
        file ? body_of_file(run, file, err)
             : conform_names_fill_json(run->names, json_get(step, "body"));
    if (!body)
        return NULL;
    if (json_get(step, "grow"))
        grow_body(body, json_get(step, "grow"));
    return json_text(body, ret_len);
}

static int send_once(const struct run *run, const struct json *step,
                     struct conform_answer *ret, struct err *err)
{
    AUTO_FREE char *ask = conform_names_fill(run->names, json_str(step, "ask"));
    char *path = strchr(ask, ' ');
    const char *type = json_str(step, "type");
    size_t len = 0;

    if (!path)
        return err_set(err, ERR_INVALID, "ask: \"%s\": METHOD and path are wanted",
                       ask);
    *path++ = '\0';
    struct err body_err = ERR_INIT;
    AUTO_FREE char *body = step_body(run, step, &len, &body_err);
    if (body_err.code != ERR_NONE) {
        *err = body_err;
        return -1;
    }
    const struct transport_request request = {
        .method = ask,
        .path = path,
        .content_type = body ? meaning(types, type ? type : "json") : NULL,
        .accept = meaning(accepts, json_str(step, "accept")),
        .body = body,
        .body_len = len};
    return conform_ask(run->server->loop, run->server->transport, &request, ret, err);
}

static bool is_so(const struct json *until, const struct conform_answer *answer,
                  const struct json *body)
{
    const char *path = json_str_or(until, "path", "");
    const struct json *want = json_get(until, "is");

    if (strcmp(path, "code") == 0)
        return json_is(want, JSON_INT) && json_int(want) == answer->code;
    const struct json *got = conform_pick(body, path);
    return got && want && json_equal(got, want);
}

/* NULL: neither JSON nor protobuf. The latter's zeros are part of what is compared. */
static struct json *read_body(struct run *run, const struct conform_answer *answer)
{
    const struct str *bytes = &answer->bytes;
    STR_AUTO struct str again;
    struct err err = ERR_INIT;

    str_init(&again, FILE_MAX);
    if (strcmp(answer->type, PROTOBUF_TYPE) != 0)
        return json_parse(bytes->s, bytes->len, NULL);
    if (!run->kinds)
        run->kinds = kinds_new();
    struct json *body = protobuf_parse(run->kinds, bytes->s, bytes->len, &err);
    if (body)
        protobuf_print(run->kinds, body, &again);
    if (!body || again.len != bytes->len || memcmp(again.s, bytes->s, again.len) != 0) {
        json_free(body);
        return json_build("{'unread': %s}", err.msg);
    }
    return body;
}

/* Sends, again until what is wanted is so; a body that is no JSON is NULL. */
static int send_step(struct run *run, const struct json *step,
                     struct conform_answer *ret, struct json **ret_body,
                     struct err *err)
{
    const struct json *until = json_get(step, "until");

    for (int64_t waited = 0;; waited += RETRY_MS) {
        struct conform_answer answer;
        if (send_once(run, step, &answer, err) != 0)
            return -1;
        struct json *body = read_body(run, &answer);
        if (!until || is_so(until, &answer, body) || waited >= CONFORM_WAIT_MS) {
            *ret = answer;
            *ret_body = body;
            return 0;
        }
        json_free(body);
        conform_answer_fini(&answer);
        conform_pause(run->server->loop, RETRY_MS);
    }
}

/* ---- what is recorded ---- */

static int save_values(struct run *run, const struct json *save,
                       const struct json *body, struct err *err)
{
    for (json_each (it, save)) {
        const struct json *value = conform_pick(body, json_string(it.val));
        if (!value)
            return err_set(err, ERR_INVALID, "save: the answer has no \"%s\"",
                           json_string(it.val));
        if (json_is(value, JSON_STRING)) {
            conform_names_save(run->names, it.key, json_string(value));
            continue;
        }
        AUTO_FREE char *text = json_text(value, NULL);
        conform_names_save(run->names, it.key, text);
    }
    return 0;
}

/* What of a document is to be recorded. Frees `take`. */
static struct json *trim(const struct json *step, struct json *take)
{
    struct json *shown = take;

    if (!json_bool_or(step, "managed", false))
        conform_pick_drop(shown, "managedFields");
    if (json_get(step, "only"))
        shown = conform_pick_only(shown, json_get(step, "only"));
    for (size_t i = 0; i < json_len(json_get(step, "without")); i++)
        conform_pick_del(shown, json_string(json_item(json_get(step, "without"), i)));
    for (size_t i = 0; i < json_len(json_get(step, "unordered")); i++)
        conform_pick_sort(shown,
                          json_string(json_item(json_get(step, "unordered"), i)));
    return shown;
}

static void record(struct run *run, const struct json *step,
                   const struct conform_answer *got, const struct json *body)
{
    struct json *answer = json_build("{'ask': %s, 'code': %i}", json_str(step, "ask"),
                                     (int64_t)got->code);

    if (strcmp(got->type, "application/json") != 0)
        json_set(answer, "type", json_new_string(got->type));
    if (got->warning) {
        AUTO_FREE char *warning = conform_names_plain_text(run->names, got->warning);
        json_set(answer, "warning", json_new_string(warning));
    }
    if (got->retry_after_sec >= 0)
        json_set(answer, "retryAfter", json_new_int(got->retry_after_sec));
    if (body && !json_bool_or(step, "verbatim", false)) {
        JSON_AUTO struct json *shown = trim(step, json_copy(body));
        json_set(answer, "body", conform_names_plain(run->names, shown));
    } else if (got->bytes.len > 0) {
        AUTO_FREE char *text = conform_names_plain_text(run->names, got->bytes.s);
        json_set(answer, "text", json_new_string(text));
    }
    json_append(run->answers, answer);
}

/* ---- steps ---- */

static int step_ask(struct run *run, const struct json *step, struct err *err)
{
    struct conform_answer got;
    struct json *read = NULL;

    if (send_step(run, step, &got, &read, err) != 0)
        return -1;
    JSON_AUTO struct json *body = read;
    int rc = save_values(run, json_get(step, "save"), body, err);
    if (rc == 0 && !json_bool_or(step, "quiet", false))
        record(run, step, &got, body);
    conform_answer_fini(&got);
    return rc;
}

static int find_watch(const struct run *run, const char *name, struct err *err)
{
    for (int i = 0; i < WATCHES_MAX; i++)
        if (str_eq(run->watches[i].name, name))
            return i;
    return err_set(err, ERR_INVALID, "no watch is called \"%s\"", name);
}

static int step_watch(struct run *run, const struct json *step, struct err *err)
{
    AUTO_FREE char *path = conform_names_fill(run->names, json_str(step, "watch"));
    int i = 0;

    while (i < WATCHES_MAX && run->watches[i].watch)
        i++;
    if (i == WATCHES_MAX)
        return err_set(err, ERR_INVALID, "at most %d watches at a time", WATCHES_MAX);
    run->watches[i].watch =
        conform_watch_open(run->server->loop, run->server->transport, path,
                           meaning(accepts, json_str(step, "accept")), err);
    if (!run->watches[i].watch)
        return -1;
    run->watches[i].name = xstrdup(json_str_or(step, "as", "w"));
    return 0;
}

static int step_events(struct run *run, const struct json *step, struct err *err)
{
    const char *name = json_str(step, "events");
    const int i = find_watch(run, name, err);

    if (i < 0)
        return -1;
    JSON_AUTO struct json *events = conform_watch_take(
        run->watches[i].watch, (size_t)json_int_or(step, "count", 1));
    for (size_t e = 0; e < json_len(events); e++)
        json_array_set(events, e, trim(step, json_copy(json_item(events, e))));
    struct json *answer = json_new_object();
    json_set(answer, "events", conform_names_plain(run->names, events));
    if (conform_watch_code(run->watches[i].watch) != 200)
        json_set(answer, "code",
                 json_new_int(conform_watch_code(run->watches[i].watch)));
    if (conform_watch_ended(run->watches[i].watch))
        json_set(answer, "ended", json_new_bool(true));
    json_append(run->answers, answer);
    return 0;
}

static int step_close(struct run *run, const struct json *step, struct err *err)
{
    const int i = find_watch(run, json_str(step, "close"), err);

    if (i < 0)
        return -1;
    conform_watch_close(TAKE(run->watches[i].watch));
    free(TAKE(run->watches[i].name));
    return 0;
}

static const struct {
    const char *field;
    int (*play)(struct run *run, const struct json *step, struct err *err);
} kinds[] = {{"ask", step_ask},
             {"watch", step_watch},
             {"events", step_events},
             {"close", step_close}};

static int play_step(struct run *run, const struct json *step, struct err *err)
{
    if (check_step(step, err) != 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (json_str(step, kinds[i].field))
            return kinds[i].play(run, step, err);
    return err_set(err, ERR_INVALID, "none of ask, watch, events, close");
}

/* ---- the case ---- */

/* "c-" and what of the case's id may stand in a namespace's name. */
static char *namespace_name(const char *name, const char *run)
{
    char slug[41];
    size_t n = 0;

    for (; *name && n < sizeof(slug) - 1; name++) {
        const char c = *name;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            slug[n++] = c;
        else if (n > 0 && slug[n - 1] != '-')
            slug[n++] = '-';
    }
    slug[n] = '\0';
    return xasprintf("c-%s%s%s", slug, n > 0 && slug[n - 1] == '-' ? "" : "-", run);
}

static int make_namespace(struct run *run, const char *name, struct err *err)
{
    AUTO_FREE char *ns = namespace_name(name, run->server->run);
    JSON_AUTO struct json *step = json_build(
        "{'ask': 'POST /api/v1/namespaces', 'quiet': true,"
        " 'body': {'metadata': {'name': %s}}, 'save': {'ns': 'metadata.name'}}",
        ns);

    if (step_ask(run, step, err) != 0)
        return -1;
    AUTO_FREE char *made = conform_names_fill(run->names, "$ns");
    AUTO_FREE char *v1 = xasprintf("/api/v1/namespaces/%s", made);
    conform_names_save(run->names, "v1", v1);
    return strcmp(made, ns) == 0
               ? 0
               : err_set(err, ERR_EXISTS, "namespace %s cannot be made", ns);
}

static int play(struct run *run, const char *id, const struct json *case_,
                struct err *err)
{
    const struct json *steps = json_get(case_, "steps");

    if (make_namespace(run, id, err) != 0)
        return -1;
    for (size_t i = 0; i < json_len(steps); i++)
        if (play_step(run, json_item(steps, i), err) != 0)
            return err_prefix(err, "step %zu", i + 1);
    return 0;
}

struct json *conform_run(const struct conform_server *server, const char *id,
                         const struct json *case_, struct err *err)
{
    struct run run = {
        .server = server, .names = conform_names_new(), .answers = json_new_array()};
    JSON_AUTO struct json *answers = run.answers;

    const int rc = play(&run, id, case_, err);
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        conform_watch_close(run.watches[i].watch);
        free(run.watches[i].name);
    }
    conform_names_free(run.names);
    kinds_free(run.kinds);
    return rc == 0 ? json_build("{'case': %s, 'answers': %j}", json_str(case_, "case"),
                                answers)
                   : NULL;
}
