#include "cmd/gantry-local/table.h"

#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

/* ---- ages ---- */

static void two_units(char ret[AGE_TEXT_MAX], int64_t large, char large_unit,
                      int64_t small, char small_unit)
{
    if (small == 0)
        snprintf(ret, AGE_TEXT_MAX, "%" PRId64 "%c", large, large_unit);
    else
        snprintf(ret, AGE_TEXT_MAX, "%" PRId64 "%c%" PRId64 "%c", large, large_unit,
                 small, small_unit);
}

/* The longer, the coarser; the limits are kubectl's. */
void table_duration(int64_t sec, char ret[AGE_TEXT_MAX])
{
    const int64_t min = sec / 60;
    const int64_t hours = min / 60;
    const int64_t days = hours / 24;

    if (sec < -1)
        snprintf(ret, AGE_TEXT_MAX, "<invalid>");
    else if (sec < 120)
        two_units(ret, MAX(sec, 0), 's', 0, 's');
    else if (min < 10)
        two_units(ret, min, 'm', sec % 60, 's');
    else if (min < 180)
        two_units(ret, min, 'm', 0, 's');
    else if (hours < 8)
        two_units(ret, hours, 'h', min % 60, 'm');
    else if (hours < 48)
        two_units(ret, hours, 'h', 0, 'm');
    else if (days < 8)
        two_units(ret, days, 'd', hours % 24, 'h');
    else if (days < 2 * 365)
        two_units(ret, days, 'd', 0, 'h');
    else
        two_units(ret, days / 365, 'y', days < 8 * 365 ? days % 365 : 0, 'd');
}

struct json *table_since(const char *when, int64_t now_sec)
{
    struct err err = ERR_INIT;
    char text[AGE_TEXT_MAX];
    int64_t at;

    if (when == NULL)
        return json_new_string("<unknown>");
    if (time_parse_rfc3339(when, &at, &err) != 0)
        return json_new_string("<invalid>");
    table_duration(now_sec - at, text);
    return json_new_string(text);
}

struct json *table_age(const struct json *object, int64_t now_sec)
{
    return table_since(json_str(object, "metadata.creationTimestamp"), now_sec);
}

/* ---- columns ---- */

static const struct core_column plain_columns[] = {
    {"Age", "string", 0, table_age, NULL},
};
static const struct core_table plain_table = {NULL, NULL, plain_columns,
                                              ARRAY_LEN(plain_columns)};

static const struct core_table *core_table(const struct kind *kind)
{
    const struct core_table *t = table_of_core(kind->group, kind->plural);

    return t == NULL ? &plain_table : t;
}

static void add_column(struct json *list, const struct column *c)
{
    json_append(list, json_build("{'name': %s, 'type': %s, 'format': %s,"
                                 " 'description': %s, 'priority': %i}",
                                 c->name, c->type, c->format, c->description,
                                 (int64_t)c->priority));
}

/* A core kind's first column is its name unless its table has that among its own. */
static bool names_itself(const struct core_table *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->columns[i].name, "Name") == 0)
            return true;
    return false;
}

void table_columns(const struct kind *kind, struct str *out)
{
    JSON_AUTO struct json *list = json_new_array();
    const struct core_table *core = core_table(kind);

    if (kind->is_custom || !names_itself(core))
        json_append(list,
                    json_build("{'name': 'Name', 'type': 'string', 'format': 'name',"
                               " 'description': 'The name of the object.',"
                               " 'priority': 0}"));
    for (size_t i = 0; kind->is_custom && i < kind->n_columns; i++)
        add_column(list, &kind->columns[i]);
    for (size_t i = 0; !kind->is_custom && i < core->n; i++)
        json_append(
            list, json_build("{'name': %s, 'type': %s, 'format': %s, 'description': '',"
                             " 'priority': %i}",
                             core->columns[i].name, core->columns[i].type,
                             strcmp(core->columns[i].name, "Name") == 0 ? "name" : "",
                             (int64_t)core->columns[i].priority));
    json_print(list, out);
}

/* ---- rows ---- */

struct json *table_custom_cell(const struct column *c, struct json *take,
                               int64_t now_sec)
{
    JSON_AUTO struct json *own = take;
    const struct json *v = take;

    if (json_is(v, JSON_NULL))
        return TAKE(own);
    if (strcmp(c->type, "date") == 0)
        return table_since(json_is(v, JSON_STRING) ? json_string(v) : "", now_sec);
    if (strcmp(c->type, "string") == 0 && !json_is(v, JSON_STRING)) {
        AUTO_FREE char *text = json_text(v, NULL);
        return json_new_string(text);
    }
    if (strcmp(c->type, "integer") == 0 && json_is(v, JSON_DOUBLE))
        return json_new_int(json_int(v));
    return TAKE(own);
}

static struct json *core_cell(const struct core_column *c, const struct json *object,
                              int64_t now_sec)
{
    struct json *v;

    if (c->cell != NULL)
        return c->cell(object, now_sec);
    v = json_at(object, c->path);
    if (strcmp(c->type, "integer") == 0 || strcmp(c->type, "boolean") == 0)
        return v != NULL           ? json_copy(v)
               : c->type[0] == 'i' ? json_new_int(0)
                                   : json_new_bool(false);
    if (json_is(v, JSON_INT))
        return json_copy(v);
    if (!json_is(v, JSON_STRING) || json_string(v)[0] == '\0')
        return json_new_string("<none>");
    return json_copy(v);
}

static void print_object(const struct json *object, enum table_include include,
                         struct str *out)
{
    JSON_AUTO struct json *partial = NULL;

    switch (include) {
    case TABLE_METADATA:
        partial = json_build("{'kind': 'PartialObjectMetadata',"
                             " 'apiVersion': 'meta.k8s.io/v1', 'metadata': %j}",
                             json_get(object, "metadata"));
        json_print(partial, out);
        return;
    case TABLE_OBJECT:
        json_print(object, out);
        return;
    case TABLE_NONE:
        str_add(out, "null");
        return;
    }
}

void table_row(const struct kind *kind, const struct json *object,
               enum table_include include, int64_t now_sec, struct str *out)
{
    JSON_AUTO struct json *cells = json_new_array();
    const struct core_table *core = core_table(kind);

    if (kind->is_custom || !names_itself(core))
        json_append(cells, json_new_string(json_str_or(object, "metadata.name", "")));
    for (size_t i = 0; kind->is_custom && i < kind->n_columns; i++)
        json_append(cells,
                    table_custom_cell(&kind->columns[i],
                                      jsonpath_cell(object, kind->columns[i].json_path),
                                      now_sec));
    for (size_t i = 0; !kind->is_custom && i < core->n; i++)
        json_append(cells, core_cell(&core->columns[i], object, now_sec));
    str_add(out, "{\"cells\":");
    json_print(cells, out);
    str_add(out, ",\"object\":");
    print_object(object, include, out);
    str_addc(out, '}');
}
