internal import COpenSSL

/// The owner of an OpenSSL key derivation context for HKDF with SHA-256 (RFC 5869).
struct KeyDerivation: ~Copyable {
  private let context: OpaquePointer

  init() throws(CryptographyFault) {
    guard let method = EVP_KDF_fetch(nil, OSSL_KDF_NAME_HKDF, nil) else {
      throw .libraryFailure(operation: "EVP_KDF_fetch")
    }
    defer { EVP_KDF_free(method) }
    guard let context = EVP_KDF_CTX_new(method) else {
      throw .libraryFailure(operation: "EVP_KDF_CTX_new")
    }
    self.context = context
  }

  deinit { EVP_KDF_CTX_free(context) }

  /// Derives `count` bytes for the purpose `info`, without salt, to be used at once.
  func derive(
    _ count: Int, from secret: SecretBytes, info: [UInt8]
  ) throws(CryptographyFault) -> SecretBytes {
    // OpenSSL only reads its parameters here, but declares them mutable; `info` is lent as a copy.
    var digestName = Array("SHA256".utf8CString)
    var info = info
    return try SecretBytes(count: count, in: .ordinary) { start throws(CryptographyFault) in
      let isDerived = secret.withAddress { secretStart in
        digestName.withUnsafeMutableBufferPointer { digestName in
          info.withUnsafeMutableBufferPointer { info in
            let parameters = [
              OSSL_PARAM_construct_utf8_string(
                copenssl_name_digest, digestName.baseAddress, 0),
              OSSL_PARAM_construct_octet_string(
                copenssl_name_key, UnsafeMutablePointer(mutating: secretStart), secret.count),
              OSSL_PARAM_construct_octet_string(
                copenssl_name_info, info.baseAddress, info.count),
              OSSL_PARAM_construct_end(),
            ]
            return EVP_KDF_derive(context, start, count, parameters) == 1
          }
        }
      }
      guard isDerived else { throw .libraryFailure(operation: "EVP_KDF_derive") }
    }
  }
}
