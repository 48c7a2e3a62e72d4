internal import COpenSSL

/// The owner of an OpenSSL parameter list that describes a key; secrets in it are wiped when freed.
struct KeyParameters: ~Copyable {
  let pointer: UnsafeMutablePointer<OSSL_PARAM>

  /// The parameters of the key at `point`, with its secret if there is one.
  init(groupName: String, point: [UInt8], secret: OpaquePointer?) throws(CryptographyFault) {
    guard let builder = OSSL_PARAM_BLD_new() else {
      throw .libraryFailure(operation: "OSSL_PARAM_BLD_new")
    }
    defer { OSSL_PARAM_BLD_free(builder) }
    // The builder refers to its strings until it is converted, so they are lent around all of it.
    let list = groupName.withCString { name in
      point.withUnsafeBufferPointer { point -> UnsafeMutablePointer<OSSL_PARAM>? in
        guard OSSL_PARAM_BLD_push_utf8_string(builder, copenssl_name_group, name, 0) == 1,
          OSSL_PARAM_BLD_push_octet_string(
            builder, copenssl_name_public_key, point.baseAddress, point.count) == 1,
          secret == nil
            || OSSL_PARAM_BLD_push_BN(builder, copenssl_name_private_key, secret) == 1
        else { return nil }
        return OSSL_PARAM_BLD_to_param(builder)
      }
    }
    guard let list else { throw .libraryFailure(operation: "OSSL_PARAM_BLD_to_param") }
    pointer = list
  }

  deinit { OSSL_PARAM_free(pointer) }
}
