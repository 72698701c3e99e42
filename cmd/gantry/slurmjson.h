/*
 * slurmjson - what --json of all commands has in common: Slurm's data_parser schema,
 * its numbers that may be unset or infinite, and the frame around a list.
 */
#ifndef GANTRY_CLI_SLURMJSON_H
#define GANTRY_CLI_SLURMJSON_H

#include <stdio.h>

#include "base/json.h"
#include "cmd/gantry/cli.h"

#define SLURMJSON_CLUSTER "gantry"
#define SLURMJSON_UNSET INT64_MIN
#define SLURMJSON_INFINITE INT64_MAX

/* {"set": true, "infinite": false, "number": 5} */
struct json *slurmjson_number(int64_t n);
/* The same of a fraction; `has` is whether it is set. */
struct json *slurmjson_fraction(bool has, double x);
/* The text, "" for NULL. */
struct json *slurmjson_text(const char *s);

/* A document on cli->out: slurmjson_begin, then slurmjson_item for each object of the
 * list `name` (taken over), then slurmjson_end. Items are a line each. */
struct slurmjson {
    const struct cli *cli;
    size_t n;
    const char *close; /* behind the list */
};
void slurmjson_begin(struct slurmjson *ret, const struct cli *cli, const char *name);
/* The list is a field of another object: {"outer": {"name": [...]}, ...}. */
void slurmjson_begin_in(struct slurmjson *ret, const struct cli *cli, const char *outer,
                        const char *name);
void slurmjson_item(struct slurmjson *doc, struct json *take);
void slurmjson_end(struct slurmjson *doc, int64_t now_sec);

#endif
