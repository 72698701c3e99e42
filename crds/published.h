/*
 * published - what the controller tells people of gantry.yaml, which they may not read:
 * ConfigMaps in its namespace, for commands.
 *
 *   licenses   data: {licenses: "ansys:2,matlab:10"}
 *   arrays     data: {maxArraySize: "10001"}
 *   topology   data: {plugin: tree, labels: "example.com/spine,example.com/leaf",
 *                     blockSizes: ""}
 *   times      data: {timeZone: Europe/Berlin}
 *   gpus       data: {resource: amd.com/gpu, typeLabel: gantry.dev/gpu-type}
 *
 * What is written and what is read of them stands here, so that both sides agree.
 */
#ifndef GANTRY_CRDS_PUBLISHED_H
#define GANTRY_CRDS_PUBLISHED_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "crds/settings.h"

enum published {
    PUBLISHED_LICENSES,
    PUBLISHED_ARRAYS,
    PUBLISHED_TOPOLOGY,
    PUBLISHED_TIMES,
    PUBLISHED_GPUS,
    PUBLISHED_MAPS
};

/* Of the ConfigMap. */
const char *published_name(enum published map);
/* Is there anything to tell? Where there is nothing the map need not exist. */
bool published_is_used(enum published map, const struct settings *settings);
/* Its `data`, a fresh object of texts. */
struct json *published_data(enum published map, const struct settings *settings);
/* Reads the `data` of a map over what is in `settings`; what is not there stays. -1:
 * what is wrong with it, `settings` are unchanged. */
int published_read(enum published map, const struct json *data,
                   struct settings *settings, struct err *err);

#endif
