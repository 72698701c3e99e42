/*
 * quantity - Kubernetes resource quantities and Slurm sizes, exact.
 *
 * A quantity ("100m", "1.5", "2Gi", "1e3", "128M") is scaled to an integer of the unit
 * asked for (thousandths for cpu, ones for bytes and counts) without passing through
 * floating point. As in apimachinery's resource.Quantity, what is smaller than the unit
 * is rounded up, away from zero.
 */
#ifndef GANTRY_BASE_QUANTITY_H
#define GANTRY_BASE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

#define QUANTITY_TEXT_MAX 32

/* Value times 1,000: "1" -> 1000, "250m" -> 250. ERR_INVALID for bad text and for what
 * exceeds int64. Negative quantities parse. */
int quantity_parse_milli(const char *text, int64_t *ret_milli, struct err *err);
/* Whole units: "1Gi" -> 1073741824, "100m" -> 1. */
int quantity_parse(const char *text, int64_t *ret, struct err *err);
/* As above from a JSON string or number. */
int quantity_read_milli(const struct json *j, int64_t *ret_milli, struct err *err);
int quantity_read(const struct json *j, int64_t *ret, struct err *err);

/* Slurm's size (sbatch(1) --mem): number and K, M, G, T (binary, default M), or a
 * quantity with a binary suffix ("64Gi"); 64G and 64Gi are the same. Bytes. */
int size_parse(const char *text, int64_t *ret_bytes, struct err *err);

/* Canonical forms: 1500 milli -> "1500m", 2000 -> "2"; bytes -> "64Gi", "1000". */
void quantity_format_milli(int64_t milli, char ret[QUANTITY_TEXT_MAX]);
void quantity_format_bytes(int64_t bytes, char ret[QUANTITY_TEXT_MAX]);
/* As Kubernetes writes what was read: "0.5" -> "500m", "1024Mi" -> "1Gi", "1000" ->
 * "1k". False: it is no quantity, or one with an exponent, in parts smaller than
 * thousandths or past int64, which all stay as they are. */
bool quantity_canonical(const char *text, char ret[QUANTITY_TEXT_MAX]);
/* Slurm's: "64G", "1500M", "1000K": the largest unit that divides; rounded up to K. */
void size_format(int64_t bytes, char ret[QUANTITY_TEXT_MAX]);

#endif
