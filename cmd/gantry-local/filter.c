#include "cmd/gantry-local/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/form.h"

void filter_fini(struct filter *f)
{
    free(f->ns);
    free(f->name);
    selector_fini(&f->labels);
    selector_fini(&f->fields);
    *f = (struct filter){0};
}

/* Objects are indexed in the form that they are stored in. */
static void use_stored_paths(const struct form *form, struct selector *fields)
{
    for (size_t i = 0; i < fields->n; i++) {
        char *path = form->stored_path(fields->terms[i].key);
        free(fields->terms[i].key);
        fields->terms[i].key = path;
    }
}

int filter_of(struct call *call, struct filter *ret)
{
    const struct form *form = form_of(call->kind);
    struct err err = ERR_INIT;
    FILTER_AUTO struct filter f = {0};

    if (selector_parse_labels(&f.labels, call_param_or(call, "labelSelector", ""),
                              &err))
        return refuse_bad_request(&call->refusal, "%s", err.msg);
    if (selector_parse_fields(&f.fields, call_param_or(call, "fieldSelector", ""),
                              call->kind, &err))
        return refuse_bad_request(&call->refusal, "%s", err.msg);
    if (form && form->stored_path)
        use_stored_paths(form, &f.fields);
    f.ns = xstrdup_null(call->ns);
    f.name = xstrdup_null(call->name);
    *ret = f;
    memset(&f, 0, sizeof(f));
    return 0;
}

bool filter_matches(const struct filter *f, const struct object *o)
{
    return (!f->ns || strcmp(f->ns, o->ns) == 0) &&
           (!f->name || strcmp(f->name, o->name) == 0) &&
           selector_matches_labels(&f->labels, o) &&
           selector_matches_fields(&f->fields, o);
}

void filter_list(const struct filter *f, struct object_list *list)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (filter_matches(f, list->items[i]))
            list->items[n++] = list->items[i];
        else
            object_unref(list->items[i]);
    }
    list->n = n;
}
