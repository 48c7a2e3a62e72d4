internal import COpenSSL

/// The owner of an OpenSSL curve point that may be secret: wiped when freed.
struct CurvePoint: ~Copyable {
  let pointer: OpaquePointer

  /// The point at infinity of `group`.
  init(group: OpaquePointer) throws(CryptographyFault) {
    guard let pointer = EC_POINT_new(group) else {
      throw .libraryFailure(operation: "EC_POINT_new")
    }
    self.pointer = pointer
  }

  deinit { EC_POINT_clear_free(pointer) }
}
