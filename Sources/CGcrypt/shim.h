#include <gcrypt.h>

// gcry_control is variadic, which Swift cannot call. Secrets that live longer than one call are
// kept in libsodium's locked memory, so libgcrypt's own locked pool is not set up.
static inline void cgcrypt_finish_initialization(void) {
  if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) return;
  gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}
