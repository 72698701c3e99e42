/*
 * kinds - what the API server calls Gantry's kinds: initializers of a client's
 * struct kc_resource, which this folder does not know.
 */
#ifndef GANTRY_CRDS_KINDS_H
#define GANTRY_CRDS_KINDS_H

#define KIND_BATCHJOB                                           \
    {                                                           \
        "gantry.dev", "v1alpha1", "batchjobs", "BatchJob", true \
    }
#define KIND_PARTITION                                             \
    {                                                              \
        "gantry.dev", "v1alpha1", "partitions", "Partition", false \
    }
#define KIND_QOS                                      \
    {                                                 \
        "gantry.dev", "v1alpha1", "qos", "QOS", false \
    }
#define KIND_ACCOUNT                                           \
    {                                                          \
        "gantry.dev", "v1alpha1", "accounts", "Account", false \
    }
#define KIND_RESERVATION                                               \
    {                                                                  \
        "gantry.dev", "v1alpha1", "reservations", "Reservation", false \
    }

#endif
