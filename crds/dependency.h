/*
 * dependency - Slurm's text for what a job waits for (sbatch -d), and back.
 *
 *   after:12[+MINUTES][:13...]   afterany:12:13   afterok:12   afternotok:12   12
 *   aftercorr:12   singleton
 *
 * Instead of a job a task of an array may stand, 12_3, or several, 12_[1-4,7]; 12_* is
 * the whole array, as 12 is.
 * Apart by "," (all of them) or by "?" (one of them), never both; a bare number is
 * afterany. Words may be in capitals. In status each stands by itself with its state
 * behind it: "afterok:12(unfulfilled),afterok:13(fulfilled)"; Slurm's commands show
 * those that are not fulfilled.
 */
#ifndef GANTRY_CRDS_DEPENDENCY_H
#define GANTRY_CRDS_DEPENDENCY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/model.h"

/* What jobs may be told to wait for at most, and that as text. */
#define DEPENDENCY_MAX 1000
#define DEPENDENCY_TEXT_MAX (64u << 10)

/* A fresh list, to be freed with free(); all of it DEPEND_NEW. -1: what is wrong with
 * the text, and what would be right. "" is no dependency. */
int dependency_parse(const char *text, struct depend **ret, size_t *ret_n,
                     bool *ret_any, struct err *err);
/* With states as status has it. */
void dependency_format(const struct depend *depends, size_t n, bool any,
                       struct str *out);
/* What is left to wait for, as spec has it: "" where all are met, or with `any` one. */
void dependency_rest(const struct depend *depends, size_t n, bool any, struct str *out);
/* Takes the states of equal dependencies over from such a text. */
void dependency_recall(const char *text, struct depend *depends, size_t n);
/* Of such a text those that are not fulfilled, as Slurm's commands show them; "" for
 * none. */
void dependency_remaining(const char *text, struct str *out);

#endif
