/*
 * filename - the file name patterns of sbatch's --output, --error and --input.
 *
 * From sbatch(1), "filename pattern": %A %a %b %j %J %N %n %s %t %u %x %%; a number
 * between % and the letter fills numbers up with zeros, at most to ten digits. A
 * backslash anywhere: nothing is replaced, and the backslashes go. What is no pattern
 * stays. A slash in what is put in becomes '_': a job's name opens no other folder.
 */
#ifndef GANTRY_BASE_FILENAME_H
#define GANTRY_BASE_FILENAME_H

#include "base/str.h"

/* The job's facts by the names of its variables; NULL: not set. */
typedef const char *filename_get_fn(void *arg, const char *name);

void filename_expand(const char *pattern, filename_get_fn *get, void *arg,
                     struct str *out);

#endif
