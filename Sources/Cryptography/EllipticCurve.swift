internal import COpenSSL

/// A 256-bit curve of prime order as OpenSSL knows it, with the signature scheme that goes with it.
// A class because it owns the group; @unchecked because OpenSSL only reads a group once it is made.
final class EllipticCurve: @unchecked Sendable {
  /// GB/T 32918.5, signed with SM3 and the identity that the standards take when none is agreed.
  /// Secrets go up to n - 2 because signing divides by d + 1.
  static let sm2 = EllipticCurve(
    identifier: NID_sm2, keyType: copenssl_type_sm2, groupName: "SM2", digestName: "SM3",
    signerIdentity: Array("1234567812345678".utf8), excludedSecrets: 2)
  /// NIST SP 800-186, signed by ECDSA with SHA-256.
  static let p256 = EllipticCurve(
    identifier: NID_X9_62_prime256v1, keyType: copenssl_type_ec, groupName: "P-256",
    digestName: "SHA256", signerIdentity: [], excludedSecrets: 1)

  /// Bytes of a coordinate or a scalar.
  static let coordinateByteCount = 32
  /// Bytes of an encoded point: `0x04 ‖ x ‖ y`.
  static let pointByteCount = 65
  /// The first byte of an encoded point: both coordinates follow.
  static let pointPrefix: UInt8 = 4

  /// OpenSSL's names for keys, group and digest; it keeps the address of the first.
  let keyType: UnsafePointer<CChar>
  let groupName: String
  let digestName: String
  /// What SM2 hashes before a message to bind the signer; empty for ECDSA.
  let signerIdentity: [UInt8]
  private let group: OpaquePointer
  private let excludedSecrets: UInt

  private init(
    identifier: Int32, keyType: UnsafePointer<CChar>, groupName: String, digestName: String,
    signerIdentity: [UInt8], excludedSecrets: UInt
  ) {
    guard let group = EC_GROUP_new_by_curve_name(identifier) else {
      preconditionFailure("OpenSSL lacks the curve \(groupName)")
    }
    self.group = group
    self.keyType = keyType
    self.groupName = groupName
    self.digestName = digestName
    self.signerIdentity = signerIdentity
    self.excludedSecrets = excludedSecrets
  }

  deinit { EC_GROUP_free(group) }

  /// Makes a key pair by drawing secrets until one is in range.
  func generateKey(_ suite: SuiteID, _ use: KeyUse) throws(CryptographyFault) -> PrivateKey {
    // A draw is out of range once in 2³²; sixteen in a row mean that the randomness is broken.
    for _ in 0..<16 {
      let secret = SecretBytes(randomByteCount: Self.coordinateByteCount)
      do {
        return try privateKey(secret, suite, use)
      } catch .malformedPrivateKey {
        continue
      }
    }
    throw .libraryFailure(operation: "randombytes_buf")
  }

  /// The key pair of a secret.
  func privateKey(
    _ secret: SecretBytes, _ suite: SuiteID, _ use: KeyUse
  ) throws(CryptographyFault) -> PrivateKey {
    let scalar = try scalar(secret)
    let point = try publicPoint(of: scalar)
    let key = try EllipticKey(curve: self, point: point, secret: scalar)
    return PrivateKey(
      publicKey: try publicKey(point, suite, use), secret: secret, form: .elliptic(key))
  }

  /// Parses and validates an encoded point.
  func publicKey(
    _ encoded: [UInt8], _ suite: SuiteID, _ use: KeyUse
  ) throws(CryptographyFault) -> PublicKey {
    guard encoded.count == Self.pointByteCount, encoded[0] == Self.pointPrefix else {
      throw .malformedPublicKey
    }
    let key = try EllipticKey(curve: self, point: encoded)
    return PublicKey(suite: suite, use: use, encoded: encoded, form: .elliptic(key))
  }

  /// The x-coordinate of `secret · peer`: plain elliptic-curve Diffie-Hellman.
  ///
  /// OpenSSL's EVP_PKEY_derive refuses SM2 keys, so this is the multiplication it would do, which
  /// is constant-time for one point; both curves take the same path.
  func agree(_ secret: SecretBytes, with peer: [UInt8]) throws(CryptographyFault) -> SecretBytes {
    let scalar = try scalar(secret)
    let point = try CurvePoint(group: group)
    guard EC_POINT_oct2point(group, point.pointer, peer, peer.count, nil) == 1 else {
      throw .malformedPublicKey
    }
    let product = try CurvePoint(group: group)
    let x = try BigNumber()
    guard EC_POINT_mul(group, product.pointer, nil, point.pointer, scalar.pointer, nil) == 1,
      EC_POINT_get_affine_coordinates(group, product.pointer, x.pointer, nil, nil) == 1
    else { throw .libraryFailure(operation: "EC_POINT_mul") }
    return try x.secretBytes(count: Self.coordinateByteCount)
  }

  /// Reads a secret scalar d, which must satisfy 0 < d ≤ n - `excludedSecrets`.
  private func scalar(_ secret: SecretBytes) throws(CryptographyFault) -> BigNumber {
    guard secret.count == Self.coordinateByteCount else { throw .malformedPrivateKey }
    let scalar = try BigNumber.reading(secret)
    let greatest = try BigNumber()
    guard BN_copy(greatest.pointer, EC_GROUP_get0_order(group)) != nil,
      BN_sub_word(greatest.pointer, excludedSecrets) == 1
    else { throw .libraryFailure(operation: "BN_sub_word") }
    guard BN_is_zero(scalar.pointer) == 0, BN_cmp(scalar.pointer, greatest.pointer) <= 0 else {
      throw .malformedPrivateKey
    }
    return scalar
  }

  private func publicPoint(of scalar: borrowing BigNumber) throws(CryptographyFault) -> [UInt8] {
    let point = try CurvePoint(group: group)
    var encoded = [UInt8](repeating: 0, count: Self.pointByteCount)
    guard EC_POINT_mul(group, point.pointer, scalar.pointer, nil, nil, nil) == 1,
      EC_POINT_point2oct(
        group, point.pointer, POINT_CONVERSION_UNCOMPRESSED, &encoded, encoded.count, nil)
        == encoded.count
    else { throw .libraryFailure(operation: "EC_POINT_mul") }
    return encoded
  }
}
