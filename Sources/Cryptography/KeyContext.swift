internal import COpenSSL

/// The owner of an OpenSSL key operation context, used for one operation.
struct KeyContext: ~Copyable {
  let pointer: OpaquePointer

  /// A context that makes keys of a type, whose name must outlive it.
  init(keyType: UnsafePointer<CChar>) throws(CryptographyFault) {
    try self.init(owning: EVP_PKEY_CTX_new_from_name(nil, keyType, nil))
  }

  /// A context that works with a key, which must outlive it.
  init(key: OpaquePointer) throws(CryptographyFault) {
    try self.init(owning: EVP_PKEY_CTX_new_from_pkey(nil, key, nil))
  }

  private init(owning pointer: OpaquePointer?) throws(CryptographyFault) {
    guard let pointer else { throw .libraryFailure(operation: "EVP_PKEY_CTX_new") }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_CTX_free(pointer) }
}
