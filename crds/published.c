#include "crds/published.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "crds/licenses.h"

#define TEXT_MAX (LICENSES_MAX * (LICENSE_NAME_MAX + 16))

/* ---- licences ---- */

static bool licenses_used(const struct sched_config *config)
{
    return config->licenses.n > 0;
}

static struct json *licenses_data(const struct sched_config *config)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    license_table_format(&config->licenses, &text);
    return json_build("{'licenses':%s}", text.s);
}

static int licenses_read(const struct json *data, struct sched_config *config,
                         struct err *err)
{
    return license_table_parse(json_str_or(data, "licenses", ""), &config->licenses,
                               err);
}

/* ---- topology ---- */

static bool topology_used(const struct sched_config *config)
{
    return config->topology_kind != TOPOLOGY_FLAT;
}

static struct json *topology_data(const struct sched_config *config)
{
    STR_AUTO struct str labels, sizes;

    str_init(&labels, TEXT_MAX);
    str_init(&sizes, TEXT_MAX);
    topology_labels_format(&config->topology_labels, &labels);
    block_sizes_format(&config->block_sizes, &sizes);
    return json_build("{'plugin':%s,'labels':%s,'blockSizes':%s}",
                      topology_kind_word(config->topology_kind), labels.s, sizes.s);
}

static int topology_read(const struct json *data, struct sched_config *config,
                         struct err *err)
{
    const char *plugin = json_str(data, "plugin");
    const char *labels = json_str(data, "labels");
    const char *sizes = json_str(data, "blockSizes");
    struct sched_config fresh = *config;

    if ((plugin != NULL &&
         topology_kind_parse(plugin, &fresh.topology_kind, err) < 0) ||
        (labels != NULL &&
         topology_labels_parse(labels, &fresh.topology_labels, err) < 0) ||
        (sizes != NULL && block_sizes_parse(sizes, &fresh.block_sizes, err) < 0))
        return -1;
    *config = fresh;
    return 0;
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    bool (*used)(const struct sched_config *config);
    struct json *(*data)(const struct sched_config *config);
    int (*read)(const struct json *data, struct sched_config *config, struct err *err);
} maps[PUBLISHED_MAPS] = {
    [PUBLISHED_LICENSES] = {"licenses", licenses_used, licenses_data, licenses_read},
    [PUBLISHED_TOPOLOGY] = {"topology", topology_used, topology_data, topology_read},
};

const char *published_name(enum published map)
{
    return maps[map].name;
}

bool published_is_used(enum published map, const struct sched_config *config)
{
    return maps[map].used(config);
}

struct json *published_data(enum published map, const struct sched_config *config)
{
    return maps[map].data(config);
}

int published_read(enum published map, const struct json *data,
                   struct sched_config *config, struct err *err)
{
    if (maps[map].read(data, config, err) < 0)
        return err_prefix(err, "ConfigMap %s", maps[map].name);
    return 0;
}
