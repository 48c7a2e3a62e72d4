#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/bn.h>

// Sums of flags, which Swift does not import as macros.
static const int copenssl_public_key = EVP_PKEY_PUBLIC_KEY;
static const int copenssl_key_pair = EVP_PKEY_KEYPAIR;

// OpenSSL keeps the addresses of these names, not copies, and what Swift makes of a macro or a
// string lives for one call only.
static const char *const copenssl_type_sm2 = "SM2";
static const char *const copenssl_type_ec = "EC";
static const char *const copenssl_name_group = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *const copenssl_name_public_key = OSSL_PKEY_PARAM_PUB_KEY;
static const char *const copenssl_name_private_key = OSSL_PKEY_PARAM_PRIV_KEY;
static const char *const copenssl_name_digest = OSSL_KDF_PARAM_DIGEST;
static const char *const copenssl_name_key = OSSL_KDF_PARAM_KEY;
static const char *const copenssl_name_info = OSSL_KDF_PARAM_INFO;
