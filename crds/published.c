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
    STR_AUTO struct str labels;

    str_init(&labels, TEXT_MAX);
    topology_labels_format(&config->topology_labels, &labels);
    return json_build("{'plugin':%s,'labels':%s}",
                      topology_kind_word(config->topology_kind), labels.s);
}

static int topology_read(const struct json *data, struct sched_config *config,
                         struct err *err)
{
    const char *labels = json_str(data, "labels");
    const char *plugin = json_str(data, "plugin");
    enum topology_kind kind = config->topology_kind;

    if (plugin != NULL && topology_kind_parse(plugin, &kind, err) < 0)
        return -1;
    if (labels != NULL &&
        topology_labels_parse(labels, &config->topology_labels, err) < 0)
        return -1;
    config->topology_kind = kind;
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
