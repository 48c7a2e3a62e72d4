internal import ContractEngine
public import Cryptography
public import LedgerModel
internal import Wire

// R20, R23. Who a member of another chain is on this one: what is signed, and when it counts.

extension RelayContract {
  /// As whom a member of another chain is recognised here.
  public static func identity(_ chain: [UInt8], _ member: String) -> AssetID {
    // A chain's id has one length: with a colon the longest name would not fit an asset's key.
    AssetID(namespace: identityNamespace, key: "\(chain.hex)\(member)")
  }

  /// Whom an identity is about; `nil` for other assets.
  public static func identified(by asset: AssetID) -> (chain: [UInt8], member: String)? {
    let digits = 2 * Digest.byteCount
    guard asset.namespace == identityNamespace,
      let chain = Digest(hex: String(asset.key.prefix(digits)))
    else { return nil }
    return (chain.bytes, String(asset.key.dropFirst(digits)))
  }

  private static let identityNamespace = "relay.identity"

  /// R20. The methods that a statement's scope can name: they need no content, and nothing but what
  /// their arguments name.
  public static let callable = [
    InvoiceContract.print, InvoiceContract.exchangePaper, InvoiceContract.lock,
    InvoiceContract.unlock, InvoiceContract.post, InvoiceContract.unpost,
    InvoiceContract.authorise, InvoiceContract.revoke,
  ].map { "\(InvoiceContract.name).\($0.name)" }
}

extension RelayIdentityStatement {
  /// Signs the statement with one of its two keys.
  /// - Parameter suite: Of the key's own chain.
  public static func sign(
    _ statement: [UInt8], with key: PrivateKey, suite: any CryptoSuite
  ) throws(CryptographyFault) -> Signature {
    try suite.sign(suite.hash(.identityStatement, statement).bytes.span, with: key)
  }

  /// Whether this is the key's signature over the statement's bytes.
  /// - Parameter suite: Of the key's own chain.
  public static func isSigned(
    _ statement: [UInt8], _ signature: [UInt8], by key: [UInt8], suite: any CryptoSuite
  ) -> Bool {
    guard let key = try? suite.publicKey(key, use: .signing),
      let signature = Signature(signature)
    else { return false }
    return suite.isValid(
      signature, of: suite.hash(.identityStatement, statement).bytes.span, by: key)
  }

  /// R20. Every field by itself is of its form.
  /// - Parameter time: Of the block.
  func checkForm(atMs time: UInt64) throws(Refusal) {
    func malformed(_ field: String, _ value: String) -> Refusal {
      Refusal(RelayContract.malformed, field: "statement.\(field)", value: value)
    }
    guard version > 0 else { throw malformed("version", "\(version)") }
    guard remoteMember.isRelayWord(within: Limits.nameBytes) else {
      throw malformed("remote_member", remoteMember)
    }
    guard localMember.isRelayWord(within: Limits.nameBytes) else {
      throw malformed("local_member", localMember)
    }
    guard 1...RelayContract.Limit.scopeNames ~= scope.count, Set(scope).count == scope.count
    else { throw malformed("scope", "\(scope.count) names") }
    for (index, name) in scope.enumerated() where !RelayContract.callable.contains(name) {
      throw malformed("scope[\(index)]", name)
    }
    guard validUntilMs > max(validFromMs, time),
      validUntilMs - validFromMs <= RelayContract.Limit.identityMs
    else { throw malformed("valid_until_ms", "\(validUntilMs)") }
  }
}

extension RelayIdentity {
  /// R23. The statement that was in force at a time, if one was.
  ///
  /// Of those that were known by then the newest counts alone, whatever has become of it.
  func statement(inForceAtMs time: UInt64) -> RelayIdentityStatement? {
    guard let newest = recognitions.last(where: { $0.recognisedMs <= time }),
      newest.revokedMs == 0 || time < newest.revokedMs,
      newest.statement.validFromMs <= time, time < newest.statement.validUntilMs
    else { return nil }
    return newest.statement
  }

  /// R22. No statement that is known is in force from this time on.
  mutating func revoke(fromMs time: UInt64) {
    // 0 would say that it is not revoked, and a packet of another version may have no time.
    let time = max(1, time)
    for index in recognitions.indices {
      let known = recognitions[index].revokedMs
      recognitions[index].revokedMs = known == 0 ? time : min(known, time)
    }
  }

  /// R21. Whether a statement may have this version, which is above the newest.
  func allows(_ version: UInt32) -> Bool {
    version - self.version <= RelayContract.Limit.identityVersions
  }

  /// R21. The statement replaces those before it. Of old ones only the newest are kept: a packet
  /// that was sent under an older one has no effect.
  mutating func add(_ recognition: RelayRecognition) {
    version = recognition.statement.version
    recognitions.append(recognition)
    recognitions.removeFirst(max(0, recognitions.count - RelayContract.Limit.recognitions))
  }
}
