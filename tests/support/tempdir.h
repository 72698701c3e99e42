/*
 * tempdir - a directory of a test's own, removed with all that is in it.
 */
#ifndef GANTRY_TESTS_SUPPORT_TEMPDIR_H
#define GANTRY_TESTS_SUPPORT_TEMPDIR_H

/* Made (mode 0700); heap. */
char *tempdir_new(void);
void tempdir_free(char *dir);

/* "DIR/name"; heap. */
char *tempdir_path(const char *dir, const char *name);

#endif
