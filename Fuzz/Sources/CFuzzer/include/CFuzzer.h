#include <stddef.h>
#include <stdint.h>

/// Runs `one` with inputs until the options in `arguments` are met; returns the exit code.
int LLVMFuzzerRunDriver(
    int *_Nonnull count, char *_Nullable *_Nonnull *_Nonnull arguments,
    int (*_Nonnull one)(const uint8_t *_Nullable bytes, size_t count));
