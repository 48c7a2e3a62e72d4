public import Cryptography

/// The name of anything with a value and a trail: an invoice, a payer, a member.
public struct AssetID: Hashable, Sendable {
  /// Most bytes of a namespace and of a key.
  public static let byteLimit = 128

  /// Which contract's assets, e.g. `invoice`.
  public let namespace: String
  /// The asset within its namespace, e.g. `46060225:9581498847`.
  public let key: String

  public init(namespace: String, key: String) {
    self.namespace = namespace
    self.key = key
  }

  /// Equal names have equal bytes, as they have one place in the index; `String` would also equate
  /// K with the Kelvin sign.
  public static func == (left: AssetID, right: AssetID) -> Bool {
    haveSameBytes(left.key, right.key) && haveSameBytes(left.namespace, right.namespace)
  }

  private static func haveSameBytes(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8Span.span, right.utf8Span.span)
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
  }

  /// Hashes no more than what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(namespace)
    hasher.combine(key)
  }

  /// The asset's place in the index.
  /// - Source: docs/spec/04-state.md, rule S1.
  public func indexKey(_ suite: any CryptoSuite) -> Digest {
    let name = Array(namespace.utf8)
    precondition(name.count <= Self.byteLimit, "namespaces are short constants")
    return suite.hash(.assetKey, [UInt8(name.count)] + name + Array(key.utf8))
  }
}

extension AssetID: CustomStringConvertible {
  public var description: String { "\(namespace)/\(key)" }
}
