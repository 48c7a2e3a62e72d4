internal import COpenSSL

/// The owner of an OpenSSL key on an `EllipticCurve`.
// A class because copies of a key share it; @unchecked because the key never changes once made, and
// OpenSSL lets threads use one key with a context each.
final class EllipticKey: @unchecked Sendable {
  private let curve: EllipticCurve
  private let pointer: OpaquePointer

  /// Makes a public key.
  /// - Throws: `malformedPublicKey` if `point` is not on the curve.
  convenience init(curve: EllipticCurve, point: [UInt8]) throws(CryptographyFault) {
    let parameters = try KeyParameters(groupName: curve.groupName, point: point, secret: nil)
    try self.init(curve: curve, parameters: parameters, selection: copenssl_public_key)
    let check = try KeyContext(key: pointer)
    // The quick check leaves out multiplying by the order: both curves have only one subgroup.
    guard EVP_PKEY_public_check_quick(check.pointer) == 1 else { throw .malformedPublicKey }
  }

  /// Makes a private key whose public point the caller computed.
  convenience init(
    curve: EllipticCurve, point: [UInt8], secret: borrowing BigNumber
  ) throws(CryptographyFault) {
    let parameters = try KeyParameters(
      groupName: curve.groupName, point: point, secret: secret.pointer)
    try self.init(curve: curve, parameters: parameters, selection: copenssl_key_pair)
  }

  private init(
    curve: EllipticCurve, parameters: borrowing KeyParameters, selection: Int32
  ) throws(CryptographyFault) {
    let context = try KeyContext(keyType: curve.keyType)
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context.pointer) == 1 else {
      throw .libraryFailure(operation: "EVP_PKEY_fromdata_init")
    }
    guard EVP_PKEY_fromdata(context.pointer, &key, selection, parameters.pointer) == 1,
      let key
    else { throw .malformedPublicKey }
    self.curve = curve
    pointer = key
  }

  deinit { EVP_PKEY_free(pointer) }

  /// Signs `message`: `r ‖ s`.
  func sign(_ message: Span<UInt8>) throws(CryptographyFault) -> Signature {
    defer { withExtendedLifetime(self) {} }
    let context = try SignatureContext()
    var settings: OpaquePointer?
    guard
      EVP_DigestSignInit_ex(
        context.pointer, &settings, curve.digestName, nil, nil, pointer, nil) == 1,
      setIdentity(settings)
    else { throw .libraryFailure(operation: "EVP_DigestSignInit_ex") }
    var encoded = [UInt8](repeating: 0, count: DER.byteCountMax)
    var count = encoded.count
    let isSigned = message.withAddress {
      EVP_DigestSign(context.pointer, &encoded, &count, $0, $1) == 1
    }
    guard isSigned, var reader = DER.Reader(sequence: encoded[..<count]),
      let r = reader.integer(), let s = reader.integer(), reader.isAtEnd,
      let signature = Signature(r + s)
    else { throw .libraryFailure(operation: "EVP_DigestSign") }
    return signature
  }

  /// Whether `signature` is this key's over `message`; numbers out of range are not.
  func isValid(_ signature: Signature, of message: Span<UInt8>) -> Bool {
    defer { withExtendedLifetime(self) {} }
    guard let context = try? SignatureContext() else { return false }
    var settings: OpaquePointer?
    guard
      EVP_DigestVerifyInit_ex(
        context.pointer, &settings, curve.digestName, nil, nil, pointer, nil) == 1,
      setIdentity(settings)
    else { return false }
    let half = EllipticCurve.coordinateByteCount
    let encoded = DER.sequence(
      DER.integer(signature.bytes[..<half]) + DER.integer(signature.bytes[half...]))
    return message.withAddress {
      EVP_DigestVerify(context.pointer, encoded, encoded.count, $0, $1) == 1
    }
  }

  private func setIdentity(_ settings: OpaquePointer?) -> Bool {
    let identity = curve.signerIdentity
    return identity.isEmpty
      || EVP_PKEY_CTX_set1_id(settings, identity, Int32(identity.count)) == 1
  }

  /// SM2 public-key encryption of `secret`, as OpenSSL encodes it.
  func encrypt(_ secret: SecretBytes) throws(CryptographyFault) -> [UInt8] {
    defer { withExtendedLifetime(self) {} }
    let context = try KeyContext(key: pointer)
    var encrypted = [UInt8](repeating: 0, count: DER.byteCountMax)
    var count = encrypted.count
    let isEncrypted = secret.withAddress {
      EVP_PKEY_encrypt_init(context.pointer) == 1
        && EVP_PKEY_encrypt(context.pointer, &encrypted, &count, $0, secret.count) == 1
    }
    guard isEncrypted else { throw .libraryFailure(operation: "EVP_PKEY_encrypt") }
    return Array(encrypted[..<count])
  }

  /// Undoes `encrypt`, which hid `count` bytes.
  func decrypt(_ encrypted: [UInt8], count: Int) throws(CryptographyFault) -> SecretBytes {
    defer { withExtendedLifetime(self) {} }
    let context = try KeyContext(key: pointer)
    guard EVP_PKEY_decrypt_init(context.pointer) == 1 else {
      throw .libraryFailure(operation: "EVP_PKEY_decrypt_init")
    }
    return try SecretBytes(count: count) { start throws(CryptographyFault) in
      var written = count
      guard
        EVP_PKEY_decrypt(context.pointer, start, &written, encrypted, encrypted.count) == 1,
        written == count
      else { throw .notAuthentic }
    }
  }
}
