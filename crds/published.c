#include "crds/published.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "base/zone.h"
#include "crds/convert.h"
#include "crds/licenses.h"

#define TEXT_MAX (LICENSES_MAX * (LICENSE_NAME_MAX + 16))

/* ---- licences ---- */

static bool licenses_used(const struct settings *settings)
{
    return settings->sched.licenses.n > 0;
}

static struct json *licenses_data(const struct settings *settings)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    license_table_format(&settings->sched.licenses, &text);
    return json_build("{'licenses':%s}", text.s);
}

static int licenses_read(const struct json *data, struct settings *settings,
                         struct err *err)
{
    return license_table_parse(json_str_or(data, "licenses", ""),
                               &settings->sched.licenses, err);
}

/* ---- arrays ---- */

static int64_t usual_array_size(void)
{
    struct settings usual;

    settings_default(&usual);
    return usual.max_array_size;
}

static bool arrays_used(const struct settings *settings)
{
    return settings->max_array_size != usual_array_size();
}

static struct json *arrays_data(const struct settings *settings)
{
    AUTO_FREE char *size = xasprintf("%" PRId64, settings->max_array_size);

    return json_build("{'maxArraySize':%s}", size);
}

static int arrays_read(const struct json *data, struct settings *settings,
                       struct err *err)
{
    const char *text = json_str(data, "maxArraySize");
    char *end;

    if (text == NULL)
        return 0;
    const long long size = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || size < 1 || size > TASKSET_SIZE)
        return err_set(err, ERR_INVALID, "maxArraySize \"%.64s\" is not 1 to %d", text,
                       TASKSET_SIZE);
    settings->max_array_size = size;
    return 0;
}

/* ---- topology ---- */

static bool topology_used(const struct settings *settings)
{
    return settings->sched.topology_kind != TOPOLOGY_FLAT;
}

static struct json *topology_data(const struct settings *settings)
{
    const struct sched_config *config = &settings->sched;
    STR_AUTO struct str labels, sizes;

    str_init(&labels, TEXT_MAX);
    str_init(&sizes, TEXT_MAX);
    topology_labels_format(&config->topology_labels, &labels);
    block_sizes_format(&config->block_sizes, &sizes);
    return json_build("{'plugin':%s,'labels':%s,'blockSizes':%s}",
                      topology_kind_word(config->topology_kind), labels.s, sizes.s);
}

static int topology_read(const struct json *data, struct settings *settings,
                         struct err *err)
{
    const char *plugin = json_str(data, "plugin");
    const char *labels = json_str(data, "labels");
    const char *sizes = json_str(data, "blockSizes");
    struct sched_config fresh = settings->sched;

    if ((plugin != NULL &&
         topology_kind_parse(plugin, &fresh.topology_kind, err) < 0) ||
        (labels != NULL &&
         topology_labels_parse(labels, &fresh.topology_labels, err) < 0) ||
        (sizes != NULL && block_sizes_parse(sizes, &fresh.block_sizes, err) < 0))
        return -1;
    settings->sched = fresh;
    return 0;
}

/* ---- times ---- */

static bool times_used(const struct settings *settings)
{
    return strcmp(settings->time_zone, ZONE_UTC) != 0;
}

static struct json *times_data(const struct settings *settings)
{
    return json_build("{'timeZone':%s}", settings->time_zone);
}

/* Not every machine knows each zone. */
static int times_read(const struct json *data, struct settings *settings,
                      struct err *err)
{
    const char *name = json_str(data, "timeZone");
    struct zone zone;

    if (name == NULL)
        return 0;
    if (zone_load(name, &zone, err) < 0)
        return -1;
    zone_fini(&zone);
    snprintf(settings->time_zone, SETTING_TEXT_MAX, "%s", name);
    return 0;
}

/* ---- GPUs ---- */

static bool gpus_used(const struct settings *settings)
{
    return strcmp(settings->gpu_resource, GPU_RESOURCE) != 0 ||
           strcmp(settings->gpu_type_label, GPU_TYPE_LABEL) != 0;
}

static struct json *gpus_data(const struct settings *settings)
{
    return json_build("{'resource':%s,'typeLabel':%s}", settings->gpu_resource,
                      settings->gpu_type_label);
}

static int gpus_read(const struct json *data, struct settings *settings,
                     struct err *err)
{
    const char *resource = json_str_or(data, "resource", settings->gpu_resource);
    const char *label = json_str_or(data, "typeLabel", settings->gpu_type_label);
    struct settings fresh = *settings;

    if (snprintf(fresh.gpu_resource, SETTING_TEXT_MAX, "%s", resource) >=
            SETTING_TEXT_MAX ||
        snprintf(fresh.gpu_type_label, SETTING_TEXT_MAX, "%s", label) >=
            SETTING_TEXT_MAX)
        return err_set(err, ERR_INVALID, "a name has more than %d characters",
                       SETTING_TEXT_MAX - 1);
    *settings = fresh;
    return 0;
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    bool (*used)(const struct settings *settings);
    struct json *(*data)(const struct settings *settings);
    int (*read)(const struct json *data, struct settings *settings, struct err *err);
} maps[PUBLISHED_MAPS] = {
    [PUBLISHED_LICENSES] = {"licenses", licenses_used, licenses_data, licenses_read},
    [PUBLISHED_ARRAYS] = {"arrays", arrays_used, arrays_data, arrays_read},
    [PUBLISHED_TOPOLOGY] = {"topology", topology_used, topology_data, topology_read},
    [PUBLISHED_TIMES] = {"times", times_used, times_data, times_read},
    [PUBLISHED_GPUS] = {"gpus", gpus_used, gpus_data, gpus_read},
};

const char *published_name(enum published map)
{
    return maps[map].name;
}

bool published_is_used(enum published map, const struct settings *settings)
{
    return maps[map].used(settings);
}

struct json *published_data(enum published map, const struct settings *settings)
{
    return maps[map].data(settings);
}

int published_read(enum published map, const struct json *data,
                   struct settings *settings, struct err *err)
{
    if (maps[map].read(data, settings, err) < 0)
        return err_prefix(err, "ConfigMap %s", maps[map].name);
    return 0;
}
