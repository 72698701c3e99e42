/*
 * sharejson - a row of sshare in Slurm's JSON schema (data_parser's ASSOC_SHARES).
 */
#ifndef GANTRY_CLI_SHAREJSON_H
#define GANTRY_CLI_SHAREJSON_H

#include "base/json.h"
#include "cmd/gantry/shares.h"

/* A fresh object; `id` is its association's number. */
struct json *sharejson(const struct share_row *row, size_t id);

#endif
