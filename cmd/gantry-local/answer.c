#include "cmd/gantry-local/answer.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml_print.h"
#include "cmd/gantry-local/cellpick.h"
#include "cmd/gantry-local/form.h"
#include "cmd/gantry-local/protobuf_print.h"

/* `end` stands behind the body; "". */
static int send_all(struct call *call, int status, const char *content_type,
                    const struct str *body, const char *end)
{
    const struct api_head head = {.status = status,
                                  .content_type = content_type,
                                  .warning = call->warning,
                                  .retry_after_sec = call->refusal.retry_after_sec};

    call->sink->ops->head(call->sink, &head);
    call->sink->ops->data(call->sink, body->s, body->len);
    if (*end)
        call->sink->ops->data(call->sink, end, strlen(end));
    call->sink->ops->end(call->sink);
    return 0;
}

int answer_bytes(struct call *call, int status, const char *content_type,
                 const struct str *body)
{
    return send_all(call, status, content_type, body, "");
}

static void write_json(const struct call *call, const struct json *tree,
                       struct str *out)
{
    if (call_is_pretty(call)) {
        json_print_pretty(tree, out);
        return;
    }
    json_print(tree, out);
    str_addc(out, '\n');
}

/* Appends the tree as the call's answer is written. False: that has no form for it. */
static bool write_tree(const struct call *call, const struct json *tree,
                       struct str *out)
{
    switch (call->answer_as.media) {
    case MEDIA_JSON:
        write_json(call, tree, out);
        return true;
    case MEDIA_YAML:
        yaml_print(tree, out);
        return true;
    case MEDIA_PROTOBUF:
        return protobuf_print(call->server->kinds, tree, out);
    }
    return false;
}

int answer_tree(struct call *call, int status, const struct json *body)
{
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (!write_tree(call, body, &text))
        return refuse(&call->refusal, 406, "NotAcceptable",
                      "a %s cannot be written in protobuf: ask for JSON",
                      json_str_or(body, "kind", "document"));
    return answer_bytes(call, status, media_type(call->answer_as.media), &text);
}

int answer_document(struct call *call, int status, const struct str *json)
{
    struct err err = ERR_INIT;

    /* JSON as it is mostly wanted needs no tree. */
    if (call->answer_as.media == MEDIA_JSON && !call_is_pretty(call))
        return send_all(call, status, media_type(MEDIA_JSON), json, "\n");
    JSON_AUTO struct json *tree = json_parse(json->s, json->len, &err);
    if (!tree)
        return refuse(&call->refusal, 500, "InternalError",
                      "the answer cannot be written as %s: %s",
                      media_type(call->answer_as.media), err.msg);
    return answer_tree(call, status, tree);
}

void answer_refusal(struct call *call)
{
    STR_AUTO struct str page;

    str_init(&page, 1024);
    if (call->refusal.page) {
        str_add(&page, call->refusal.page);
        answer_bytes(call, call->refusal.code, "text/plain; charset=utf-8", &page);
        return;
    }
    static const struct media_offer plain = {.json_only = false};
    if (!media_choose(call->req->accept, &plain, &call->answer_as))
        call->answer_as = (struct media_choice){.media = MEDIA_JSON, .pretty = true};
    answer_tree(call, call->refusal.code, call->refusal.status);
}

int view_of(struct call *call, struct view *ret)
{
    static const struct {
        const char *word;
        enum table_include include;
    } words[] = {{"", TABLE_METADATA},
                 {"Metadata", TABLE_METADATA},
                 {"Object", TABLE_OBJECT},
                 {"None", TABLE_NONE}};
    const char *word = call_param_or(call, "includeObject", "");

    *ret = (struct view){.kind = call->kind,
                         .repr = call->answer_as.repr,
                         .media = call->answer_as.media,
                         .now_sec = loop_now_sec(call->server->loop)};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i].word, word) == 0) {
            ret->include = words[i].include;
            return 0;
        }
    }
    return refuse_bad_request(&call->refusal,
                              "Unable to convert to Table as requested: includeObject: "
                              "Invalid value: \"%s\": "
                              "must be 'Metadata', 'Object', 'None', or empty",
                              word);
}

/* In another form than it is stored in; in a list without what it is. */
static void print_form(const struct form *form, const struct object *o, int64_t version,
                       bool typed, struct str *out)
{
    JSON_AUTO struct json *tree = object_tree(o);
    AUTO_FREE char *digits = xasprintf("%" PRId64, version);

    form->from_stored(tree);
    json_set_at(tree, "metadata.resourceVersion", json_new_string(digits));
    if (!typed) {
        json_del(tree, "apiVersion");
        json_del(tree, "kind");
    }
    json_print(tree, out);
}

/* The object as the kind's API shows it, as bytes. */
static void print_plain(const struct view *v, const struct object *o, int64_t version,
                        struct str *out)
{
    const struct form *form = form_of(v->kind);

    if (form) {
        print_form(form, o, version, true, out);
        return;
    }
    AUTO_FREE char *api_version = kind_api_version(v->kind);
    object_print(o, api_version, version, out);
}

static void print_partial(const struct object *o, int64_t version, struct str *out)
{
    const size_t behind = o->version_at + o->version_len;

    str_add(out,
            "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","
            "\"metadata\":");
    str_addn(out, o->bytes + o->meta_at, o->version_at - o->meta_at);
    str_addf(out, "%" PRId64, version);
    str_addn(out, o->bytes + behind, o->meta_end - behind);
    str_addc(out, '}');
}

/* Without a tree. */
static void print_picked_row(const struct view *v, const struct object *o,
                             struct str *out)
{
    str_add(out, "{\"cells\":");
    cellpick_cells(v->kind->cells, o->bytes, o->len, v->now_sec, out);
    str_add(out, ",\"object\":");
    switch (v->include) {
    case TABLE_METADATA:
        print_partial(o, o->version, out);
        break;
    case TABLE_OBJECT:
        print_plain(v, o, o->version, out);
        break;
    case TABLE_NONE:
        str_add(out, "null");
        break;
    }
    str_addc(out, '}');
}

static void print_row(const struct view *v, const struct object *o, struct str *out)
{
    const struct form *form = form_of(v->kind);

    if (v->kind->cells) {
        print_picked_row(v, o, out);
        return;
    }
    JSON_AUTO struct json *tree = object_tree(o);

    if (form && !(form->rows_as_stored && v->include != TABLE_OBJECT))
        form->from_stored(tree);
    table_row(v->kind, tree, v->include, v->now_sec, out);
}

static void open_table(const struct view *v, int64_t version, bool columns,
                       struct str *out)
{
    str_addf(out,
             "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\","
             "\"metadata\":{\"resourceVersion\":\"%" PRId64 "\"",
             version);
    str_add(out, "},\"columnDefinitions\":");
    if (columns)
        table_columns(v->kind, out);
    else
        str_add(out, "null");
    str_add(out, ",\"rows\":[");
}

void view_print(const struct view *v, const struct object *o, int64_t version,
                bool columns, struct str *out)
{
    switch (v->repr) {
    case REPR_TABLE:
        open_table(v, version, columns, out);
        print_row(v, o, out);
        str_add(out, "]}");
        return;
    case REPR_PARTIAL:
    case REPR_PARTIAL_LIST:
        print_partial(o, version, out);
        return;
    case REPR_OBJECT:
    case REPR_DISCOVERY:
        print_plain(v, o, version, out);
        return;
    }
}

/* Metadata alone is asked for as one or as a list, as the answer is. */
static int check_repr(struct call *call, const struct kind *kind, bool is_list)
{
    const enum repr wrong = is_list ? REPR_PARTIAL : REPR_PARTIAL_LIST;
    const char *group = kind->group[0] ? kind->group : "core";

    if (call->answer_as.repr != wrong)
        return 0;
    AUTO_FREE char *type =
        kind->is_custom
            ? xasprintf("unstructured.Unstructured%s", is_list ? "List" : "")
            : xasprintf("%.*s.%s", (int)strcspn(group, "."), group,
                        is_list ? kind->list_name : kind->name);
    return refuse(&call->refusal, 406, "NotAcceptable",
                  "you requested PartialObjectMetadata%s, but the requested object is "
                  "%s list (*%s)",
                  is_list ? "" : "List", is_list ? "a" : "not a", type);
}

int answer_as(struct call *call, int status, const struct kind *kind,
              const struct object *object)
{
    STR_AUTO struct str text;
    struct view view;

    str_init(&text, ANSWER_BYTES_MAX);
    if (view_of(call, &view) != 0 || check_repr(call, kind, false) != 0)
        return -1;
    view.kind = kind;
    view_print(&view, object, object->version, true, &text);
    return answer_document(call, status, &text);
}

int answer_object(struct call *call, int status, const struct object *object)
{
    return answer_as(call, status, call->kind, object);
}

/* metadata of a list, from '{' to '}'. */
static void print_list_meta(const struct view *v, const struct list_meta *meta,
                            struct str *out)
{
    /* Lists of custom kinds say that there is no more. */
    const char *none = v->repr == REPR_OBJECT && v->kind->is_custom ? "" : NULL;
    const char *cont = meta->cont ? meta->cont : none;

    str_addf(out, "{\"resourceVersion\":\"%" PRId64 "\"", meta->version);
    if (cont)
        str_addf(out, ",\"continue\":\"%s\"", cont);
    if (meta->remaining >= 0)
        str_addf(out, ",\"remainingItemCount\":%" PRId64, meta->remaining);
    str_addc(out, '}');
}

static void open_list(const struct view *v, const struct list_meta *meta,
                      struct str *out)
{
    switch (v->repr) {
    case REPR_TABLE:
        str_add(out,
                "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":");
        print_list_meta(v, meta, out);
        str_add(out, ",\"columnDefinitions\":");
        table_columns(v->kind, out);
        str_add(out, ",\"rows\":[");
        return;
    case REPR_PARTIAL:
    case REPR_PARTIAL_LIST:
        str_add(out, "{\"kind\":\"PartialObjectMetadataList\","
                     "\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":");
        break;
    case REPR_OBJECT:
    case REPR_DISCOVERY: {
        AUTO_FREE char *api_version = kind_api_version(v->kind);
        str_addf(out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":",
                 v->kind->list_name, api_version);
        break;
    }
    }
    print_list_meta(v, meta, out);
    str_add(out, ",\"items\":[");
}

/* Items of Kubernetes' own kinds do not say what they are. */
static void print_item(const struct view *v, const struct object *o, struct str *out)
{
    if (v->repr == REPR_TABLE)
        print_row(v, o, out);
    else if (v->repr == REPR_PARTIAL_LIST || v->kind->is_custom)
        view_print(v, o, o->version, false, out);
    else if (!form_of(v->kind))
        object_print_item(o, out);
    else
        print_form(form_of(v->kind), o, o->version, false, out);
}

int answer_list(struct call *call, const struct object_list *list,
                const struct list_meta *meta)
{
    STR_AUTO struct str text;
    struct view v;

    str_init(&text, ANSWER_BYTES_MAX);
    if (view_of(call, &v) != 0 || check_repr(call, call->kind, true) != 0)
        return -1;
    open_list(&v, meta, &text);
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            str_addc(&text, ',');
        print_item(&v, list->items[i], &text);
    }
    str_add(&text, "]}");
    if (text.overflow)
        return refuse(&call->refusal, 500, "InternalError",
                      "the list is larger than %u bytes: ask for pages with limit",
                      ANSWER_BYTES_MAX);
    return answer_document(call, 200, &text);
}
