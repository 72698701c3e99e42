/*
 * settings - gantry.yaml, the cluster-wide configuration.
 *
 * Keys are slurm.conf's names in lowerCamelCase (api.md); one table has each key with
 * its type, default and meaning; what a file does not name, or an empty file, leaves
 * the defaults. A bad file is refused whole: file, line, what is wrong, the nearest key
 * there is.
 */
#ifndef GANTRY_CRDS_SETTINGS_H
#define GANTRY_CRDS_SETTINGS_H

#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/sched.h"

#define SETTING_TEXT_MAX 128
#define CONTROLLER_NAMESPACE "gantry-system" /* unless it is told another */
#define SETTINGS_BYTES_MAX (1u << 20)        /* of a file */

struct settings {
    struct sched_config sched;
    int64_t max_array_size;                /* maxArraySize */
    bool send_user_signal;                 /* preemptParameters.sendUserSignal */
    char gpu_resource[SETTING_TEXT_MAX];   /* gpuResource */
    char gpu_type_label[SETTING_TEXT_MAX]; /* gpuTypeLabel */
    char script_image[SETTING_TEXT_MAX];   /* scriptImage */
    char launch_image[SETTING_TEXT_MAX];   /* launchImage; "": none */
    char time_zone[SETTING_TEXT_MAX];      /* timeZone */
    char namespace_[SETTING_TEXT_MAX];     /* controllerNamespace, of ConfigMaps */
};

void settings_default(struct settings *s);
/* Reads the text of a file over what is in `s`; on failure `s` is unchanged. `name`
 * stands in errors. */
int settings_parse(struct settings *s, const char *text, size_t len, const char *name,
                   struct err *err);
int settings_load(struct settings *s, const char *path, struct err *err);
/* Takes over from `fresh` what may change while a program runs. Appends the keys that
 * have changed, apart by ", ": to `ret_changed` those, to `ret_kept` the ones that are
 * taken from the file at the start only, and stay. */
void settings_adopt(struct settings *s, const struct settings *fresh,
                    struct str *ret_changed, struct str *ret_kept);
/* The table of keys, for --help. */
void settings_help(FILE *out);

#endif
