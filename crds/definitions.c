#include "crds/definitions.h"

#include "base/util.h"

/* The bytes of a file between two names. The path starts at the root of the sources,
 * where the compiler runs; the Makefile knows that this object depends on the files. */
#define FILE_BYTES(name)                          \
    __asm__(".section .rodata\n"                  \
            "definition_" #name "_text:\n"        \
            ".incbin \"crds/" #name ".yaml\"\n"   \
            "definition_" #name "_end:\n"         \
            ".byte 0\n"                           \
            ".previous\n");                       \
    extern const char definition_##name##_text[]; \
    extern const char definition_##name##_end[]

FILE_BYTES(accounts);
FILE_BYTES(batchjobs);
FILE_BYTES(gpunodeclasses);
FILE_BYTES(gputopologies);
FILE_BYTES(partitions);
FILE_BYTES(policies);
FILE_BYTES(qos);
FILE_BYTES(reservations);

#define ROW(name)                                                        \
    {                                                                    \
#name ".yaml", definition_##name##_text, definition_##name##_end \
    }

const struct definition definitions[] = {
    ROW(accounts),   ROW(batchjobs), ROW(gpunodeclasses), ROW(gputopologies),
    ROW(partitions), ROW(qos),       ROW(reservations),   ROW(policies),
};
const size_t n_definitions = ARRAY_LEN(definitions);
