internal import COpenSSL

/// The owner of an OpenSSL message digest context, used for one signature.
struct SignatureContext: ~Copyable {
  let pointer: OpaquePointer

  init() throws(CryptographyFault) {
    guard let pointer = EVP_MD_CTX_new() else {
      throw .libraryFailure(operation: "EVP_MD_CTX_new")
    }
    self.pointer = pointer
  }

  deinit { EVP_MD_CTX_free(pointer) }
}
